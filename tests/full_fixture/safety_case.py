"""A case of a serious event."""

from datetime import timedelta

from accounts.services import system_user
from pharmacovigilance.models import (
    CaseEvent,
    CaseVersion,
    Declaration,
    DeskRecord,
    IcsrMessage,
    MeddraPath,
    MeddraPin,
    MeddraTerm,
    MeddraVersion,
    Obligation,
    ObligationRule,
    Receipt,
    RsiVersion,
    SafetyCase,
    TermCoding,
    WebHook,
)
from pharmacovigilance.queries.content import content_of
from pharmacovigilance.queries.judging import CaseJudgement
from pharmacovigilance.services.rule_rows import ensure_rules
from tests.factories import (
    AT,
    save_row,
    unsealed,
)
from tests.full_fixture.base import ACTIVE, Everything


def add_safety_case(everything: Everything) -> None:
    """A case with its first receipt, one obligation of a rule, a version of what is expected.

    Sealed, the desk's record.
    """
    trial, participant = everything.trial, everything.participant
    case = save_row(
        SafetyCase(trial=trial, participant=participant, number=1, worldwide_number="FR-S-T.00001")
    )
    event_id = everything.rows["events.adverseevent"]
    save_row(CaseEvent(trial=trial, case=case, event_id=event_id, seen_version=1))
    criteria = {f"has_{name}": True for name in ("patient", "reporter", "event", "product")}
    receipt = Receipt(
        trial=trial, case=case, kind="initial", source="site", event_id=event_id, event_version=1
    )
    for name, value in {
        **criteria,
        "received_at": AT,
        "is_significant": True,
        "entered_by": system_user(),
    }.items():
        setattr(receipt, name, value)
    save_row(receipt)
    ensure_rules(trial=trial, at=AT)
    rule = ObligationRule.objects.get(trial=trial, code="EU_SUSAR_15")
    owed = Obligation(trial=trial, rule=rule, case=case, receipt=receipt, destination=rule.destination)
    owed.is_blinded, owed.day_0_at, owed.due_at = False, AT, AT + timedelta(days=15)
    rsi = RsiVersion(trial=trial, label="1", effective_date=AT.date(), source="s", file_sha256="0" * 64)
    declared = Declaration(trial=trial, kind="data_lock", declared_at=AT, text="t")
    save_row(owed)
    for row in (case, rule, owed, save_row(rsi), save_row(declared), *_coding_and_hook(everything)):
        everything.add(row)
    _sign_version(case)
    outcome = "to_report" if everything.arm_code == ACTIVE else "placebo"
    record = DeskRecord(trial=trial, participant=participant, case=case, arm_code=everything.arm_code)
    record.outcome = outcome
    with unsealed(trial):
        everything.add(save_row(record))
        everything.add(save_row(_message(record, owed)))


def _sign_version(case: SafetyCase) -> None:
    """Its first version, as if it had been signed."""
    case.last_version = 1
    save_row(case)
    content = content_of(
        CaseJudgement(SafetyCase.objects.with_relations().get(pk=case.pk)), number=1, kind="initial"
    )
    version = CaseVersion(
        trial=case.trial,
        case=case,
        number=1,
        kind="initial",
        content=content,
        last_receipt_id=1,
        content_sha256="0" * 64,
    )
    save_row(version)


def _message(record: DeskRecord, owed: Obligation) -> IcsrMessage:
    """A message at the desk, whose text follows from the arm."""
    return IcsrMessage(
        trial=record.trial,
        participant=record.participant,
        record=record,
        obligation=owed,
        case_version=1,
        profile="ema",
        batch_number="FR-S-T.00001-1",
        content=f"<message>{record.arm_code}</message>",
        content_sha256="0" * 64,
        made_by=system_user(),
        made_at=AT,
    )


def _coding_and_hook(everything: Everything) -> tuple[TermCoding, WebHook]:
    """A dictionary of one invented term, the event coded with it, and an address that is told nothing."""
    trial, by = everything.trial, system_user()
    meddra = MeddraVersion.objects.create(
        number="99.0", language="English", files_sha256="0" * 64, loaded_at=AT
    )
    MeddraTerm.objects.create(
        version=meddra, code="90030001", name="Zorb", folded="zorb", pt_code="90030001", is_current=True
    )
    names = {f"{level}_{part}": "90000001" for level in ("hlt", "hlgt", "soc") for part in ("code", "name")}
    MeddraPath.objects.create(version=meddra, pt_code="90030001", pt_name="Zorb", is_primary=True, **names)
    save_row(MeddraPin(trial=trial, meddra=meddra, pinned_by=by, pinned_at=AT, reason="r"))
    coding = TermCoding(
        trial=trial, participant=everything.participant, subject="event", meddra=meddra, llt_code="90030001",
        event_id=everything.rows["events.adverseevent"], words="w", llt_name="Zorb", how="coder", coded_by=by, coded_at=AT,
        reason="r",
    )  # fmt: skip
    hook = WebHook(trial=trial, url="https://pv.example/hook", owner=by, is_on=False)
    return save_row(coding), save_row(hook)
