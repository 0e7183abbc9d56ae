"""Units as laboratories write them, with the factor to the unit of the limits.

The unit is read as written first, then ignoring case. `G/L` (giga per litre, French laboratories) counts
cells; `g/L` never does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

GRAMS_PER_LITRE = "g/l"
CELLS = "10^9/L"


@dataclass(frozen=True)
class WrittenUnit:
    """`written` × `factor` is the unit of the limits.

    `code` is the one term it applies to, empty for every term.
    """

    code: str
    unit: str
    written: str
    factor: Decimal


def factor_to(units: Iterable[WrittenUnit], *, written: str, unit: str, code: str) -> Decimal | None:
    """The factor for a value in the written unit; None when the unit does not fit the limits of the term."""
    fitting = [one for one in units if one.unit == unit and one.code in ("", code)]
    plain = _plain(written)
    exact = next((one.factor for one in fitting if _plain(one.written) == plain), None)
    if exact is not None or (unit == CELLS and plain.casefold() == GRAMS_PER_LITRE):
        return exact
    return next((one.factor for one in fitting if _plain(one.written).casefold() == plain.casefold()), None)


def _plain(written: str) -> str:
    """Without blanks, with one letter for micro."""
    return "".join(written.split()).replace("µ", "u").replace("μ", "u")
