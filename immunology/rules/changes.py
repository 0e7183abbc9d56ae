"""Whether a value rose or fell by more than the assay varies.

Reference change value (Fraser): RCV = exp(1.96 · √2 · √ln(1 + CV²)); 1.98 at a CV of 25 %, 4.86 at 62 % (between
laboratories, Reed 2013). A change counts from max(fold_min, RCV) on.
"""

import math
from dataclasses import replace
from decimal import Decimal

from immunology.rules.calls import Assay, Serum
from trials.rules.protocol import AntibodyPlan

Z_95_TWO_SIDED = 1.96


def fold_of(plan: AntibodyPlan, serum: Serum | None = None) -> float:
    """The fold from which a change is more than variation, in general or in the assay of a serum."""
    row = (
        None
        if serum is None
        else plan.cutoff_for(locus=serum.locus, vendor=serum.assay.vendor, conjugate=serum.assay.conjugate)
    )
    cv = plan.assay_cv if row is None or row.assay_cv is None else row.assay_cv
    spread = math.sqrt(math.log(1 + float(cv) ** 2))
    reference_change = math.exp(Z_95_TWO_SIDED * math.sqrt(2) * spread)
    return max(float(plan.fold_min), reference_change)


def are_comparable(one: Assay, other: Assay, plan: AntibodyPlan) -> bool:
    """Same vendor, kit, lot, conjugate, dilution, treatment and metric; the same run when the plan is strict."""
    if not plan.strict_same_run:
        one, other = replace(one, run=""), replace(other, run="")
    return one == other


def has_risen(reference: Serum, later: Serum, plan: AntibodyPlan) -> bool:
    """By the fold and by `delta_min_mfi`, in a comparable assay.

    With values beyond the reader's range only when it is certain.
    """
    highest, lowest = reference.highest_mfi, later.lowest_mfi
    if highest is None or lowest is None or not are_comparable(reference.assay, later.assay, plan):
        return False
    return lowest - highest >= plan.delta_min_mfi and _ratio(lowest, highest) >= fold_of(plan, reference)


def has_fallen(reference: Serum, later: Serum, plan: AntibodyPlan) -> bool:
    """By the fold, for certain (the caller has looked at comparability)."""
    lowest, highest = reference.lowest_mfi, later.highest_mfi
    if lowest is None or highest is None:
        return False
    return _ratio(lowest, highest) >= fold_of(plan, reference)


def _ratio(upper: Decimal, lower: Decimal) -> float:
    return float(upper) / max(float(lower), 1.0)
