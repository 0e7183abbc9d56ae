"""A trial with one row of every kind, and one account per role: what tests over all addresses fetch from."""

import hashlib
import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path

from django.db.models import Model

from accounts.choices import Role
from accounts.models import Clearance, User
from accounts.services import system_user
from audit.models import Entry
from dsmb.choices import ReportFormat, ReportKind
from dsmb.models import BoardReport, ReportDocument
from events.models import CtcaeTerm, HaemodynamicFinding
from immunology.models import AntibodyResult, DonorTyping, DsaFinding
from interchange.models import ImportRun
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
from trials.models import (
    Allocation,
    DispensedDose,
    Infusion,
    Participant,
    ProductBatch,
    ProtocolVersion,
    Site,
    Trial,
)
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
    everything.users = {
        role: make_user(role, trial=_trial_of(role, trial), site=site, username=role) for role in Role
    }
    everything.add(everything.users[Role.NURSE])
    everything.add(everything.users[Role.NURSE].memberships.get())
    everything.add(Entry.objects.filter(table_name="trials_participant").latest("pk"))
    everything.add(Clearance.objects.latest("pk"))
    return everything


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
    return infusion


def _ready_report(trial: Trial) -> BoardReport:
    """A report that is ready, with every document."""
    ready = {"state": "ready", "ready_at": AT, "data_cutoff_at": AT, "snapshot_sha256": "0" * 64}
    report = save_row(BoardReport(trial=trial, look=10, number=1, **ready))
    for kind, report_format in product(ReportKind, ReportFormat):
        content = f"{kind} {report_format}".encode()
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
    allocation = Allocation(
        trial=trial, participant=participant, arm_code=everything.arm_code, reference_batch=batch
    )
    everything.add(batch)
    everything.add(report)
    for row in (result, finding, dose, typing, allocation):
        everything.add(save_row(row))
