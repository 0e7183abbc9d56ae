"""Whether a laboratory result is possible: its limits, its time, and what is never recorded here."""

import re
from decimal import Decimal

from partial_dates import PartialMoment, surely_after
from partial_dates.refusals import Refusal, gettext_noop

_ANTIBODIES = re.compile(
    r"\b(hla|dsa|c?pra|cross[- ]?match\w*|donor|donneur|chim(a?e|é)ri\w*)\b", re.IGNORECASE
)
"""Results that could reveal the arm: the HLA laboratory enters them separately, and they are sealed there."""


def result_refusals(
    *,
    test: str,
    sampled: PartialMoment,
    died: PartialMoment | None,
    lower_limit: Decimal | None,
    upper_limit: Decimal | None,
) -> tuple[Refusal, ...]:
    """The refusals: a sample after the death, reversed limits, antibodies against HLA and donor findings."""
    refusals = []
    if _ANTIBODIES.search(test):
        message = gettext_noop(
            "Test: antibodies against HLA and donor cells are recorded by the HLA laboratory only."
        )
        refusals.append(Refusal("test", message))
    if lower_limit is not None and upper_limit is not None and lower_limit > upper_limit:
        message = gettext_noop("Lower limit: %(lower)s is above the upper limit, %(upper)s.")
        refusals.append(Refusal("lower_limit", message, {"lower": lower_limit, "upper": upper_limit}))
    if died is not None and surely_after(sampled, died):
        message = gettext_noop("Sampled: %(value)s is after the death, %(died)s.")
        refusals.append(Refusal("sampled", message, {"value": sampled.text, "died": died.text}))
    return tuple(refusals)
