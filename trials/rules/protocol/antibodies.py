"""The protocol's plan for anti-HLA antibodies: sera, cut-offs, and the definition of a change."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

HlaClass = Literal["I", "II"]


@dataclass(frozen=True)
class PositiveMfi:
    """Below `lo` negative, at or above `hi` positive, grey between (MFI)."""

    lo: Decimal
    hi: Decimal


@dataclass(frozen=True)
class PlannedSample:
    """A serum planned on study day `day`, in time from `day - before_days` to `day + after_days`."""

    day: int
    before_days: int
    after_days: int
    label: str


@dataclass(frozen=True)
class AntibodyPlan:
    """Sampling days and the reading of results.

    `mfi_threshold` flags values strictly above it, of `threshold_classes` only; `threshold_note` is its
    caveat. A rise or fall is at least `fold_min`-fold (or the reference change value of `assay_cv`, a
    fraction, when that is larger) and at least `delta_min_mfi`. A post-infusion serum before `early_days`
    days is early. Bead results are valid from `pc_min_mfi`, `nc_max_mfi`, `pc_nc_ratio_min` and
    `min_bead_count` on; `strict_same_run` compares only sera of one run.
    """

    rule_set: str
    sampling: tuple[PlannedSample, ...]
    positive_mfi: PositiveMfi
    mfi_threshold: Decimal
    threshold_classes: tuple[HlaClass, ...]
    threshold_note: str
    assay_cv: Decimal
    fold_min: Decimal
    delta_min_mfi: Decimal
    pc_min_mfi: Decimal
    nc_max_mfi: Decimal
    pc_nc_ratio_min: Decimal
    min_bead_count: int
    early_days: int
    strict_same_run: bool
    source: str
    sampling_source: str
    assay_source: str
