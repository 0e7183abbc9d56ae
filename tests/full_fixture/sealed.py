"""Allocation, batch, dose, typing, antibodies: sealed rows."""

from decimal import Decimal

from accounts.services import system_user
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
from product.models import (
    Allocation,
    DispensedDose,
    ProductBatch,
    ProductDeviation,
)
from tests.factories import (
    AT,
    save_row,
)
from tests.full_fixture.base import Everything
from tests.full_fixture.board import add_closed_room, ready_report
from trials.models import Infusion


def add_sealed_rows(everything: Everything, infusion: Infusion) -> None:
    trial, participant = everything.trial, everything.participant
    batch = save_row(
        ProductBatch(
            trial=trial, code="B1", arm_code=everything.arm_code, donor_code="D1", meets_specification=True
        )
    )
    report = ready_report(trial)
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
    add_closed_room(everything)
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
    shown = {
        "participant": finding.participant.code,
        "donor": finding.donor_code,
        "specificity": finding.specificity,
    }
    change = JudgingChange(
        trial=trial, kind="release", name="compact-2", proposal={"release": "compact-2"}, proposal_sha256="0" * 64,
        proposed_by_id=by.pk, proposed_at=AT,
    )  # fmt: skip
    reading = CallReading(
        trial=trial, finding=finding, part="reader", reader_id=by.pk, verdict="DE_NOVO", shown=shown,
        shown_sha256="0" * 64, read_at=AT,
    )  # fmt: skip
    account = LaboratoryAccount(trial=trial, laboratory="L", user=by)
    for row in (change, reading, account):
        everything.add(save_row(row))
