"""What a protocol says about anti-HLA antibodies: sera, cut-offs, what counts as a change."""

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
class AssayQuality:
    """When a bead result is valid: control beads and bead count (MFI; ratio; beads)."""

    positive_control_lowest_mfi: Decimal
    negative_control_highest_mfi: Decimal
    control_ratio_lowest: Decimal
    bead_count_lowest: int
    source: str


@dataclass(frozen=True)
class AntibodyPlan:
    """When sera are taken and how results are read; the MFI threshold flags values strictly above it."""

    rule_set: str
    sampling: tuple[PlannedSample, ...]
    positive_mfi: PositiveMfi
    mfi_threshold: Decimal
    threshold_classes: tuple[HlaClass, ...]
    threshold_note: str
    fold_min: Decimal
    delta_min_mfi: Decimal
    assay_cv: Decimal | None
    early_days: int
    quality: AssayQuality | None
    source: str

    @property
    def sampling_days(self) -> tuple[int, ...]:
        """The study days on which sera are planned."""
        return tuple(sample.day for sample in self.sampling)
