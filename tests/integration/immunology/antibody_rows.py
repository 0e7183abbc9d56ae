"""Factories of what the immunology services take: a trial with two donors, a treated and a placebo participant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.services import system_user
from immunology.models import DonorTyping, DsaFinding, JudgingChange, Specimen
from immunology.rules.drift import drift_rows
from immunology.services import (
    adopt_change,
    bind_account,
    collect_specimen,
    drift_digest,
    drift_of,
    propose_rules,
    record_antibody_results,
)
from product.models import Allocation, DispensedDose, ProductBatch
from tests.factories import AT as ENTRY_AT
from tests.factories import make_enrolled, make_infusion, make_user, save_row, unsealed
from trials.models import Participant, Site, Trial
from trials.rules.protocol import protocol_content
from trials.services.protocols import load_protocol

PROTOCOLS = Path(__file__).resolve().parents[3] / "protocols"
FIRST_DOSE = datetime(2020, 4, 7, 10, 0, tzinfo=UTC)
D0 = datetime(2020, 4, 6, 8, 0, tzinfo=UTC)
D14 = datetime(2020, 4, 20, 8, 0, tzinfo=UTC)
NOW = datetime(2020, 6, 1, 9, 0, tzinfo=UTC)
REASON = "entered for a test"
LABORATORY = "HLA Paris"


@dataclass(frozen=True)
class Study:
    """A trial under STROMA's protocol: donors D-1 (A*02:01, B*07:02) and D-2 (A*24:02).

    Cells from D-1, placebo beside.
    """

    trial: Trial
    site: Site
    treated: Participant
    placebo: Participant
    nurse: User
    laboratory: User
    unit: User
    statistician: User

    def take(self, participant: Participant, when: datetime, planned_day: int | None) -> Specimen:
        return collect_specimen(
            participant=participant,
            code=f"{participant.code}-{when:%d%m}",
            collected_at=when,
            planned_day=planned_day,
            by=self.nurse,
            at=NOW,
            reason=REASON,
        )

    def measure(self, specimen: Specimen, **mfi: str) -> int:
        """Values by bead, `A0201="100"` for A*02:01; all in one run, serum treated with EDTA."""
        results = [make_result(bead, value) for bead, value in mfi.items()]
        return record_antibody_results(
            specimen=specimen, results=results, by=self.laboratory, at=NOW, reason=REASON
        )

    def findings(self, participant: Participant) -> dict[tuple[str, str], tuple[str, bool]]:
        with unsealed(self.trial):
            rows = DsaFinding.objects.filter(participant=participant)
            return {(row.donor_code, row.specificity): (row.classification, row.is_reference) for row in rows}


def make_result(bead: str, mfi: str | None, **fields: Any) -> dict[str, Any]:
    specificity = f"{bead[:-4]}*{bead[-4:-2]}:{bead[-2:]}"
    return {
        "specificity": specificity,
        "mfi": None if mfi is None else Decimal(mfi),
        "run_code": "R1",
        "kit": "LS1A04",
        "lot": "013",
        "treatment": "EDTA",
        "positive_control_mfi": Decimal(9000),
        "negative_control_mfi": Decimal(80),
        "bead_count": 100,
        **fields,
    }


def make_study() -> Study:
    content = protocol_content((PROTOCOLS / "stroma-cov-2.toml").read_bytes())
    trial = load_protocol(content=content, by=system_user(), at=ENTRY_AT, reason="loaded").trial
    site = trial.sites.get(code="01")
    treated, placebo = (
        make_enrolled(trial, site, code="P-treated"),
        make_enrolled(trial, site, code="P-placebo"),
    )
    study = Study(
        trial=trial,
        site=site,
        treated=treated,
        placebo=placebo,
        nurse=make_user("nurse", trial=trial, site=site),
        laboratory=make_user("hla_laboratory", trial=trial),
        unit=make_user("cell_therapy_unit", trial=trial),
        statistician=make_user("unblinded_statistician", trial=trial),
    )
    bind(study.laboratory, trial, LABORATORY)
    _fill(study)
    return study


def bind(user: User, trial: Trial, laboratory: str) -> None:
    """Say that an account belongs to a laboratory."""
    bind_account(
        trial=trial,
        laboratory=laboratory,
        user=user,
        by=system_user(),
        at=ENTRY_AT,
        reason="bound for a test",
    )


def adopt(study: Study, change: JudgingChange, *, at: datetime) -> JudgingChange:
    """Look at what a change would change, and adopt it."""
    with unsealed(study.trial):
        drift = drift_rows(drift_of(change=change, at=at))
        seen = drift_digest(change, drift)
    return adopt_change(
        trial=study.trial, change_id=change.pk, seen_sha256=seen, by=study.statistician, at=at, reason=REASON
    )


def adopt_rules(study: Study, label: str, *, at: datetime) -> JudgingChange:
    """Propose the rule set of a protocol version and adopt it."""
    change = propose_rules(
        trial=study.trial, protocol_label=label, by=study.statistician, at=at, reason=REASON
    )
    return adopt(study, change, at=at)


def _fill(study: Study) -> None:
    with unsealed(study.trial):
        cells = {code: _batch(study.trial, f"B-{code}", code) for code in ("D-1", "D-2")}
        saline = _batch(study.trial, "B-saline", "", arm_code="PLACEBO")
        type_donor(study.trial, "D-1", ["A*02:01", "B*07:02"])
        type_donor(study.trial, "D-2", ["A*24:02"])
        for person, arm, batch in (
            (study.treated, "UC_MSC", cells["D-1"]),
            (study.placebo, "PLACEBO", saline),
        ):
            save_row(
                Allocation(trial=study.trial, participant=person, arm_code=arm, reference_batch=cells["D-1"])
            )
            infusion = make_infusion(person, started_at=FIRST_DOSE)
            save_row(DispensedDose(trial=study.trial, participant=person, infusion=infusion, batch=batch))


def _batch(trial: Trial, code: str, donor_code: str, arm_code: str = "UC_MSC") -> ProductBatch:
    return save_row(ProductBatch(trial=trial, code=code, donor_code=donor_code, arm_code=arm_code))


def type_donor(trial: Trial, donor_code: str, alleles: Iterable[str]) -> None:
    for allele in alleles:
        locus = allele.split("*")[0]
        save_row(DonorTyping(trial=trial, donor_code=donor_code, locus=locus, specificity=allele))


def days_after(days: int) -> datetime:
    return FIRST_DOSE + timedelta(days=days)
