"""Values derived from one day: the PaO2/FiO2 ratio, the SOFA total, mmHg from kPa."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from assessments.rules.facts import SOFA_ORGANS

MMHG_PER_KPA = Decimal("7.50062")
"""1 mmHg = 133.322 Pa (conventional millimetre of mercury)."""
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class PfRatio:
    """The ratio in mmHg, to 0.1; `is_given`: the source gave only the ratio, so it was not computed here."""

    value: Decimal
    is_given: bool


def mmhg_of_kpa(kpa: Decimal) -> Decimal:
    """A pressure recorded in kPa, in mmHg to 0.1, half up."""
    return (kpa * MMHG_PER_KPA).quantize(TENTH, rounding=ROUND_HALF_UP)


def pf_ratio(
    *, pao2_mmhg: Decimal | None, fio2_fraction: Decimal | None, given: Decimal | None
) -> PfRatio | None:
    """PaO2 (mmHg) over FiO2 (fraction); the given ratio where one of the two is missing.

    None where all three are.
    """
    if pao2_mmhg is not None and fio2_fraction:
        return PfRatio((pao2_mmhg / fio2_fraction).quantize(TENTH, rounding=ROUND_HALF_UP), False)
    return None if given is None else PfRatio(given, True)


def sofa_total(points: Mapping[str, int | None]) -> int | None:
    """The sum of the six components, 0 to 24; None (not evaluable) unless all six are recorded."""
    known = [points.get(organ) for organ in SOFA_ORGANS]
    return None if any(value is None for value in known) else sum(value or 0 for value in known)
