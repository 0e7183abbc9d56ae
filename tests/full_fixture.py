"""A trial with one row of every kind, and one account per role: what tests over all addresses fetch from."""

import hashlib
import io
import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path

from django.db.models import Model
from pypdf import PdfWriter

from accounts.choices import Role
from accounts.models import Clearance, Mail, User, WrongPassword
from accounts.services import system_user
from assessments.models import (
    DailyAssessment,
    LaboratoryResult,
    Medication,
    ProtocolDeviation,
    SensitisingEvent,
)
from audit.models import Entry
from dsmb.models import BoardComment, BoardMeeting, LetterDocument, MeetingNotice
from events.models import CtcaeTerm, SeriousNotice, SiteWord, UnfoundWord
from haemodynamics.models import HaemodynamicFinding
from immunology.models import (
    AntibodyResult,
    AssayRun,
    CallReading,
    DonorTyping,
    DsaFinding,
    JudgingChange,
    LaboratoryAccount,
    LaboratoryFile,
    ParticipantTyping,
    SerumInRun,
)
from interchange.models import ImportRun
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
from product.models import (
    Allocation,
    ArmKeyOpening,
    DispensedDose,
    InadvertentUnblinding,
    ProductBatch,
    ProductDeviation,
    Unblinding,
    UnblindingAccount,
)
from reports.choices import ReportFormat, ReportKind
from reports.models import (
    AlertAnswer,
    BoardReport,
    BoundaryState,
    ReportDocument,
    SealedReport,
    SealedReportDocument,
)
from tests.factories import (
    AT,
    make_enrolled,
    make_event,
    make_infusion,
    make_reading,
    make_specimen,
    make_user,
    save_row,
    unsealed,
)
from trials.models import Infusion, Participant, ProtocolVersion, Site, SourceRemark, Trial
from trials.services import load_protocol

PROTOCOL = Path(__file__).resolve().parents[1] / "protocols" / "stroma-cov-2.toml"
ACTIVE, CONTROL = "UC_MSC", "PLACEBO"


@dataclass
class Everything:
    """The rows by model label in lower case (`trials.participant`), and the accounts by role."""

    trial: Trial
    site: Site
    participant: Participant
    arm_code: str = ACTIVE
    rows: dict[str, int] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def add(self, row: Model) -> None:
        self.rows[row._meta.label_lower] = row.pk


def make_everything(*, arm_code: str = ACTIVE) -> Everything:
    """One of everything, at site 01, the participant in this arm; nurse and investigator work there."""
    trial = load_protocol(
        content=tomllib.loads(PROTOCOL.read_text()),
        by=system_user(),
        at=AT - timedelta(days=9),
        reason="for a test",
    ).trial
    site = Site.objects.get(trial=trial, code="01")
    participant = make_enrolled(trial, site, code="01-001", age_years=61, weight_kg=Decimal(80))
    everything = Everything(trial, site, participant, arm_code)
    for row in (
        trial,
        site,
        participant,
        ProtocolVersion.objects.get(trial=trial),
        CtcaeTerm.objects.first(),
    ):
        everything.add(row)
    infusion = _clinical_rows(everything)
    with unsealed(trial):
        _sealed_rows(everything, infusion)
    everything.add(
        save_row(ImportRun(trial=trial, folder_name="f", folder_sha256="0" * 64, summary={}, imported_at=AT))
    )
    remark = {"code": "not_used", "record": "x.csv", "message": "x.csv is not read."}
    everything.add(save_row(SourceRemark(trial=trial, **remark)))
    everything.users = {
        role: make_user(role, trial=_trial_of(role, trial), site=site, username=role) for role in Role
    }
    _unblindings(everything)
    _safety_case(everything)
    everything.add(save_row(_notice(everything)))
    for row in _words(trial):
        everything.add(row)
    with unsealed(trial):
        _meeting_rows(everything, BoardReport.objects.get(trial=trial))
    everything.add(everything.users[Role.NURSE])
    everything.add(everything.users[Role.NURSE].memberships.get())
    everything.add(Entry.objects.filter(table_name="trials_participant").latest("pk"))
    everything.add(Clearance.objects.latest("pk"))
    everything.add(
        WrongPassword.objects.create(
            user=everything.users[Role.NURSE], name_key="0" * 64, use="sign_in", at=AT, address="192.0.2.1"
        )
    )
    mail_words = {"user": None, "use": "sign_in", "address": "192.0.2.1"}
    everything.add(
        Mail.objects.create(
            kind="wrong-passwords", about="a", address="head@site.example", words=mail_words, created_at=AT
        )
    )
    return everything


def _words(trial: Trial) -> tuple[SiteWord, UnfoundWord]:
    """A word that was mapped to a term, and one that found nothing."""
    mapped = SiteWord(trial=trial, language="en", word="zonkage", term=CtcaeTerm.objects.earliest("pk"))
    unfound = UnfoundWord.objects.create(
        trial=trial,
        language="en",
        ctcae_version="5.0",
        word="wumpfage",
        first_on=AT.date(),
        last_on=AT.date(),
    )
    save_row(mapped)
    return mapped, unfound


def _notice(everything: Everything) -> SeriousNotice:
    """The safety officer was told of the event."""
    return SeriousNotice(
        trial=everything.trial,
        event_id=everything.rows["events.adverseevent"],
        news="serious",
        event_version=1,
        recipient=everything.users[Role.PHARMACOVIGILANCE],
    )


def _safety_case(everything: Everything) -> None:
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


def _trial_of(role: str, trial: Trial) -> Trial | None:
    return None if role == Role.ADMINISTRATOR else trial


def _clinical_rows(everything: Everything) -> Infusion:
    participant = everything.participant
    infusion = make_infusion(participant, ended_at=AT + timedelta(days=1, hours=3))
    finding = HaemodynamicFinding(
        trial=everything.trial,
        participant=participant,
        infusion=infusion,
        criterion="NOREPINEPHRINE",
        first_hit_at=AT + timedelta(days=1, hours=2),
        rule_set="START-2014",
    )
    for row in (infusion, make_event(participant), make_reading(participant), make_specimen(participant)):
        everything.add(row)
    everything.add(save_row(finding))
    for row in _days_and_deviations(everything):
        everything.add(save_row(row))
    return infusion


def _unblindings(everything: Everything) -> None:
    """An emergency, one by mistake, one opening of the key."""
    trial, participant, users = everything.trial, everything.participant, everything.users
    asked = Unblinding(
        trial=trial,
        participant=participant,
        category="treatment",
        reason_text="Anaphylaxis?",
        asked_by=users[Role.INVESTIGATOR],
        asked_by_role=Role.INVESTIGATOR,
        asked_at=AT,
        expires_at=AT + timedelta(hours=1),
        confirmation="own_session",
        confirmed_by=users[Role.PHARMACOVIGILANCE],
        confirmed_at=AT + timedelta(minutes=5),
        disclosed_at=AT + timedelta(minutes=6),
    )
    learnt = InadvertentUnblinding(
        trial=trial, participant=participant, site=everything.site, occurred="2020-04-07", learner="nurse"
    )
    opening = ArmKeyOpening(
        trial=trial, opened_by=users[Role.UNBLINDED_STATISTICIAN], opened_at=AT, reason="Asked by the board."
    )
    for row in (asked, learnt, opening):
        everything.add(save_row(row))
    with unsealed(trial):
        account = UnblindingAccount(
            trial=trial, inadvertent=learnt, channel="product", what_happened="Saw the label: UC-MSC."
        )
        everything.add(save_row(account))


def _days_and_deviations(
    everything: Everything,
) -> list[DailyAssessment | LaboratoryResult | Medication | ProtocolDeviation | SensitisingEvent]:
    trial, site, participant = everything.trial, everything.site, everything.participant
    told = {"importance": "minor", "occurred": "2020-04-07", "description": "A check was late."}
    return [
        DailyAssessment(
            trial=trial,
            participant=participant,
            assessed_date=AT.date(),
            pao2_mmhg=Decimal(90),
            fio2_fraction=Decimal("0.6"),
        ),
        ProtocolDeviation(trial=trial, site=site, participant=participant, category="assessment", **told),
        SensitisingEvent(trial=trial, participant=participant, kind="RBC", occurred="2020-04-07", units=1),
        LaboratoryResult(
            trial=trial,
            participant=participant,
            test="Potassium",
            value=Decimal("5.8"),
            unit="mmol/L",
            sampled="2020-04-07",
        ),
        Medication(trial=trial, participant=participant, drug="Heparin", started="2020-04-07"),
    ]


@cache
def plain_documents() -> dict[str, bytes]:
    """The least that each format has to be: a page, a table of nothing."""
    pdf = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.write(pdf)
    html = b"<html><head><style></style></head><body><p>report</p></body></html>"
    return {ReportFormat.JSON: b'{"tables": []}', ReportFormat.HTML: html, ReportFormat.PDF: pdf.getvalue()}


def _meeting_rows(everything: Everything, report: BoardReport) -> None:
    """A planned meeting, a comment of the member, and a recommendation whose letter was sent."""
    trial, member = everything.trial, everything.users[Role.BOARD_MEMBER]
    signed = {"recommendation": "continue", "chair_name": "A chair", "signed_at": AT, "sent_at": AT}
    notice = save_row(MeetingNotice(trial=trial, number=1, look=10, held_on=AT.date(), **signed))
    letter = LetterDocument(
        trial=trial,
        notice=notice,
        language="en",
        format="pdf",
        content=plain_documents()["pdf"],
        sha256="0" * 64,
    )
    meeting = BoardMeeting(trial=trial, number=1, planned_at=AT, purpose="a look", notice=notice)
    comment = BoardComment(trial=trial, report=report, author=member, text="a comment", written_at=AT)
    everything.add(notice)
    for row in (letter, meeting, comment):
        everything.add(save_row(row))


def _ready_report(trial: Trial) -> BoardReport:
    """A report that is ready, with every document."""
    ready = {"state": "ready", "ready_at": AT, "data_cutoff_at": AT, "snapshot_sha256": "0" * 64}
    report = save_row(BoardReport(trial=trial, look=10, number=1, **ready))
    for kind, report_format in product(ReportKind, ReportFormat):
        content = plain_documents()[report_format]
        document = ReportDocument(
            trial=trial, report=report, kind=kind, format=report_format, content=content
        )
        document.sha256 = hashlib.sha256(content).hexdigest()
        save_row(document)
    return report


def _sealed_rows(everything: Everything, infusion: Infusion) -> None:
    trial, participant = everything.trial, everything.participant
    batch = save_row(
        ProductBatch(
            trial=trial, code="B1", arm_code=everything.arm_code, donor_code="D1", meets_specification=True
        )
    )
    report = _ready_report(trial)
    result = AntibodyResult(
        trial=trial,
        participant=participant,
        specimen_id=everything.rows["immunology.specimen"],
        specificity="A*02:01",
        hla_class="I",
        mfi=Decimal(1200),
        recorded_by_id=system_user().pk,
    )
    finding = DsaFinding(
        trial=trial,
        participant=participant,
        donor_code="D1",
        specificity="A*02:01",
        hla_class="I",
        classification="PREFORMED_PERSISTENT",
        rule_set="1",
        judged_at=AT,
    )
    dose = DispensedDose(
        trial=trial, participant=participant, infusion=infusion, batch=batch, cells_million=Decimal(80)
    )
    typing = DonorTyping(trial=trial, donor_code="D1", locus="A", specificity="A*02:01")
    own = ParticipantTyping(
        trial=trial, participant=participant, specificity="A*02:01", recorded_by_id=system_user().pk
    )
    allocation = Allocation(
        trial=trial, participant=participant, arm_code=everything.arm_code, reference_batch=batch
    )
    deviation = ProductDeviation(
        trial=trial,
        participant=participant,
        category="dose",
        importance="major",
        occurred="2020-04-07",
        description="Half a dose.",
    )
    everything.add(batch)
    everything.add(report)
    _closed_room(everything)
    for row in (result, finding, dose, typing, own, allocation, deviation):
        everything.add(save_row(row))
    _laboratory(everything)


def _laboratory(everything: Everything) -> None:
    """A file of the laboratory with one failed serum."""
    trial = everything.trial
    uploaded = {"sha256": "0" * 64, "content": b"x", "uploaded_by_id": system_user().pk, "uploaded_at": AT}
    named = {"laboratory": "L", "file_name": "f.csv", "file_format": "sab_long_v1"}
    file = save_row(LaboratoryFile(trial=trial, **named, **uploaded))
    run = save_row(
        AssayRun(trial=trial, file=file, run_code="R1", vendor="ONE_LAMBDA", quality_rules="quality-1")
    )
    serum = SerumInRun(
        trial=trial, run=run, specimen_code="S1", laboratory="L", conjugate="IgG", quality="failed"
    )
    for row in (file, run, save_row(serum)):
        everything.add(row)
    _judging(everything)


def _judging(everything: Everything) -> None:
    """A release that was proposed, a reading of the call, and an account of a laboratory."""
    trial, by = everything.trial, system_user()
    finding = DsaFinding.objects.filter(trial=trial).earliest("pk")
    change = JudgingChange(
        trial=trial, kind="release", name="compact-2", proposal={"release": "compact-2"}, proposal_sha256="0" * 64,
        proposed_by_id=by.pk, proposed_at=AT,
    )  # fmt: skip
    reading = CallReading(
        trial=trial, finding=finding, part="reader", reader_id=by.pk, verdict="DE_NOVO", shown={},
        shown_sha256="0" * 64, read_at=AT,
    )  # fmt: skip
    account = LaboratoryAccount(trial=trial, laboratory="L", user=by)
    for row in (change, reading, account):
        everything.add(save_row(row))


def _closed_room(everything: Everything) -> None:
    """An alert with its answer, and the sealed report that it called for."""
    trial = everything.trial
    state = BoundaryState(
        trial=trial, boundary="related-sae", protocol_version="1.0", arm="A", sequence=1, affected=3, evaluable=5,
        evidence=0.95, prompts=True, is_alert=True,
    )  # fmt: skip
    everything.add(save_row(state))
    answer = AlertAnswer(trial=trial, alert=state, choice="continue", text="t", answered_at=AT)
    answer.answered_by = system_user()
    everything.add(save_row(answer))
    report = SealedReport(
        trial=trial, number=1, trigger="boundary", alert=state, reason="r", data_cutoff_at=AT, content=b"{}",
        sha256="0" * 64, ready_at=AT,
    )  # fmt: skip
    everything.add(save_row(report))
    for report_format in ReportFormat:
        save_row(
            SealedReportDocument(
                trial=trial, report=report, format=report_format, content=b"<style></style>", sha256="0" * 64
            )
        )
