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


def fold_of(plan: AntibodyPlan) -> float:
    """The fold from which a change is more than variation."""
    spread = math.sqrt(math.log(1 + float(plan.assay_cv) ** 2))
    reference_change = math.exp(Z_95_TWO_SIDED * math.sqrt(2) * spread)
    return max(float(plan.fold_min), reference_change)


def are_comparable(one: Assay, other: Assay, plan: AntibodyPlan) -> bool:
    """Same vendor, kit, lot, conjugate, dilution, treatment and metric; the same run when the plan is strict."""
    if not plan.strict_same_run:
        one, other = replace(one, run=""), replace(other, run="")
    return one == other


def has_risen(reference: Serum, later: Serum, plan: AntibodyPlan) -> bool:
    """By the fold and by `delta_min_mfi`, in a comparable assay."""
    if reference.mfi is None or later.mfi is None or not are_comparable(reference.assay, later.assay, plan):
        return False
    difference = later.mfi - reference.mfi
    return difference >= plan.delta_min_mfi and _ratio(later.mfi, reference.mfi) >= fold_of(plan)


def has_fallen(reference: Serum, later: Serum, plan: AntibodyPlan) -> bool:
    """By the fold (the caller has checked comparability)."""
    if reference.mfi is None or later.mfi is None:
        return False
    return _ratio(reference.mfi, later.mfi) >= fold_of(plan)


def _ratio(upper: Decimal, lower: Decimal) -> float:
    return float(upper) / max(float(lower), 1.0)
