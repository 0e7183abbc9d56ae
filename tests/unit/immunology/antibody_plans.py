"""Plain factories of the input of the antibody rules; the plan has the values of the shipped protocol."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from trials.rules.protocol import AntibodyPlan, PlannedSample, PositiveMfi

PLAN = AntibodyPlan(
    rule_set="anti-hla-1",
    sampling=(PlannedSample(0, 3, 1, "D0"), PlannedSample(14, 2, 3, "D14")),
    positive_mfi=PositiveMfi(Decimal(500), Decimal(1000)),
    mfi_threshold=Decimal(5000),
    threshold_classes=("I",),
    threshold_note="class I",
    assay_cv=Decimal("0.25"),
    fold_min=Decimal("2.0"),
    delta_min_mfi=Decimal(500),
    pc_min_mfi=Decimal(500),
    nc_max_mfi=Decimal(1500),
    pc_nc_ratio_min=Decimal(10),
    min_bead_count=60,
    early_days=7,
    strict_same_run=False,
    source="test",
    sampling_source="test",
    assay_source="test",
)


def make_antibody_plan(**fields: Any) -> AntibodyPlan:
    return replace(PLAN, **fields)
