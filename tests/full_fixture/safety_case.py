"""A case of a serious event."""

from datetime import timedelta

from accounts.services import system_user
from pharmacovigilance.models import (
    CaseEvent,
    Declaration,
    DeskRecord,
    Obligation,
    ObligationRule,
    Receipt,
    RsiVersion,
    SafetyCase,
)
from pharmacovigilance.services.rule_rows import ensure_rules
from tests.factories import (
    AT,
    save_row,
    unsealed,
)
from tests.full_fixture.base import ACTIVE, Everything


def add_safety_case(everything: Everything) -> None:
    """A case with its first receipt, one obligation of a rule, a version of what is expected; sealed, the desk's record."""
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
    for row in (case, rule, save_row(owed), save_row(rsi), save_row(declared)):
        everything.add(row)
    outcome = "to_report" if everything.arm_code == ACTIVE else "placebo"
    record = DeskRecord(trial=trial, participant=participant, case=case, arm_code=everything.arm_code)
    record.outcome = outcome
    with unsealed(trial):
        everything.add(save_row(record))
