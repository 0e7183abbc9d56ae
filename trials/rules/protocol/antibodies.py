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
class AntibodyCutoff:
    """Cut-offs of one locus, manufacturer and conjugate; "" stands for every one. `assay_cv` `None`: that of the plan."""

    locus: str
    vendor: str
    conjugate: str
    lo: Decimal
    hi: Decimal
    assay_cv: Decimal | None
    source: str

    @property
    def precision(self) -> int:
        """How many of the three the row names: the most exact row counts."""
        return sum(1 for name in (self.locus, self.vendor, self.conjugate) if name)


@dataclass(frozen=True)
class AntibodyPlan:
    """Sampling days and the reading of results.

    `mfi_threshold` flags values strictly above it, of `threshold_classes` only; `threshold_note` is its
    caveat. A rise or fall is at least `fold_min`-fold (or the reference change value of `assay_cv`, a
    fraction, when that is larger) and at least `delta_min_mfi`. A post-infusion serum before `early_days`
    days is early. Bead results are valid from `pc_min_mfi`, `nc_max_mfi`, `pc_nc_ratio_min` and
    `min_bead_count` on; `strict_same_run` compares only sera of one run. `cutoffs` replace `positive_mfi` and
    `assay_cv` for the locus, manufacturer and conjugate that they name. The threshold has evidence for
    `threshold_classes` and `threshold_conjugates` only.
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
    cutoffs: tuple[AntibodyCutoff, ...] = ()
    threshold_conjugates: tuple[str, ...] = ("IgG",)

    def cutoff_for(self, *, locus: str, vendor: str, conjugate: str) -> AntibodyCutoff | None:
        """The most exact row for this assay; `None` where the general cut-offs count.

        Of rows as exact as each other the first of the file.
        """
        fitting = [
            row
            for row in self.cutoffs
            if row.locus in ("", locus) and row.vendor in ("", vendor) and row.conjugate in ("", conjugate)
        ]
        return max(fitting, key=lambda row: row.precision, default=None)
