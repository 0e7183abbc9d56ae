"""The format of figures: one for every page, so that no figure appears with two values."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from biostatistics.proportions import upper_limit_for_zero
from biostatistics.rounding import p_value_words, percent_words
from biostatistics.small_samples import TOO_FEW

NOT_RECORDED = "not recorded"
NOTHING_TO_SHOW = "–"
NBSP = "\u00a0"
MINUS = "\u2212"
TOTAL = "total"

FLAGGED = "†"
PERCENT_SIGN = f"{NBSP}%"
EVENTS_EACH = "events per participant"
ESTIMATES: Mapping[str, tuple[int, int]] = {
    "%": (1, 100),
    EVENTS_EACH: (2, 1),
    "per 100 person-days": (2, 100),
}
"""Decimals and factor of an estimate by its unit."""

TEST_LETTERS: Mapping[str, str] = {
    "fisher": "F",
    "fisher_every_course": "F",
    "chi2": "χ²",
    "chi_square": "χ²",
    "chi-square": "χ²",
    "ancova": "A",
    "permutation_ancova": "A",
    "rank_sum": "W",
    "rank_sum_exact": "W",
    "rank_sum_permutation": "W",
}

Cell = Mapping[str, Any]


def decimal_text(value: float, places: int) -> str:
    """A number to the given decimals, half up, with a true minus sign and never a negative zero."""
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    magnitude = f"{abs(rounded):,}".replace(",", "\u202f")
    return f"{MINUS}{magnitude}" if rounded < 0 else magnitude


def percent_text(percent: float | str) -> str:
    """A percentage to one decimal, with its sign kept on the same line.

    0.0 and 100.0 only when it is exactly that.
    """
    return f"{_percent_number(percent)}{NBSP}%"


def _percent_number(percent: float | str) -> str:
    return (percent if isinstance(percent, str) else percent_words(float(percent))).replace(" ", NBSP)


def cell_text(cell: Cell | None) -> str:
    """A cell as ``6/21 (28.6 %)``, ``0/57, at most 5.1 %`` or ``3`` without a denominator.

    A numeric cell is a summary.
    """
    if cell is None:
        return NOTHING_TO_SHOW
    if cell.get("withheld"):
        return "withheld"
    if "estimate" in cell:
        return estimate_text(cell)
    if cell.get("mean") is not None or cell.get("median") is not None:
        return summary_text(cell)
    return count_text(cell)


def count_text(cell: Cell) -> str:
    """A count with its denominator and percentage; an empty and a full count with the limit of its interval."""
    count, denominator, percent = cell.get("count"), cell.get("denominator"), cell.get("percent")
    if count is None:
        return NOT_RECORDED
    if denominator is None or percent is None:
        return f"{count}" if denominator != 0 else f"{count}/0, not evaluable"
    fraction = f"{count}/{denominator}"
    ceiling = cell.get("zero_upper_limit", cell.get("ci_high"))
    if count == 0 and ceiling is not None:
        return f"{fraction}, at most {percent_text(100 * ceiling)}"
    if count == denominator and cell.get("ci_low") is not None:
        return f"{fraction}, at least {percent_text(100 * (1 - upper_limit_for_zero(count).high))}"
    return f"{fraction} ({percent_text(percent)})"


def estimate_text(cell: Cell) -> str:
    """A value of a curve as ``19.0 % (7.7 to 42.1), 17 at risk``, of a rate as ``42 in 588 days: 7.14 (5.00 to 10.00)``.

    The unit stands in the table's title. A curve that cannot be read at its day, and a rate without time at risk, say
    so.
    """
    exposure = "" if cell.get("exposure") is None else f"{cell['count']} in {cell['exposure']}{NBSP}days"
    if cell["estimate"] is None:
        return f"{exposure}, no time at risk" if exposure else "not reached"
    value = _estimate_number(cell, cell["estimate"]) + _limits_text(cell)
    return f"{exposure}: {value}" if exposure else f"{value}, {cell['at_risk']} at risk"


def _estimate_number(cell: Cell, value: float) -> str:
    places, factor = ESTIMATES[str(cell["unit"])]
    return _percent_number(100 * value) if cell["unit"] == "%" else decimal_text(factor * value, places)


def _limits_text(cell: Cell) -> str:
    unit = PERCENT_SIGN if cell["unit"] == "%" else ""
    if cell.get("zero_upper_limit") is not None:
        return f"{unit} (≤ {_estimate_number(cell, cell['zero_upper_limit'])}{unit})"
    if cell.get("ci_low") is None or cell.get("ci_high") is None:
        return unit
    low, high = (_estimate_number(cell, cell[name]) for name in ("ci_low", "ci_high"))
    return f"{unit} ({low} to {high})"


def short_count_text(cell: Cell | None) -> str:
    """A count for narrow columns: the limit of an empty count replaces its percentage."""
    text = cell_text(cell)
    return text.replace(", at most ", " (≤ ").replace(", at least ", " (≥ ") + (
        ")" if ", at " in text else ""
    )


def share_text(cell: Cell) -> str:
    """A count as ``10 of 11``, for facts about the trial that are not rates."""
    count, denominator = cell.get("count"), cell.get("denominator")
    if count is None:
        return NOT_RECORDED
    return f"{count}" if denominator is None else f"{count} of {denominator}"


def summary_text(cell: Cell) -> str:
    """A measured quantity as ``median (q1 to q3), n``; mean (SD) when the quartiles are not given."""
    if cell.get("shows_mean"):
        return mean_text(cell)
    unit = f"{NBSP}{cell['unit']}" if cell.get("unit") else ""
    if cell.get("median") is not None:
        middle, low, high = (number_text(cell.get(key)) for key in ("median", "q1", "q3"))
        text = f"{middle}{unit} ({low} to {high})"
    else:
        text = f"{number_text(cell['mean'])}{unit} (SD {number_text(cell.get('sd'))})"
    return f"{text}, n{NBSP}={NBSP}{cell.get('count')}"


def mean_text(cell: Cell) -> str:
    """A measured quantity as ``mean (limits), SD; median (q1 to q3).

    N of all`` where `all` could have a value.
    """
    limits = (cell.get("mean_ci_low"), cell.get("mean_ci_high"))
    interval = "" if None in limits else f" ({number_text(limits[0])} to {number_text(limits[1])})"
    mean = f"{number_text(cell['mean'])}{interval}, SD{NBSP}{number_text(cell.get('sd'))}"
    median, low, high = (number_text(cell.get(key)) for key in ("median", "q1", "q3"))
    return (
        f"{mean}; median {median} ({low} to {high}); n{NBSP}={NBSP}{cell['count']} of {cell['denominator']}"
    )


def number_text(value: object) -> str:
    """A measured value to at most one decimal; whole numbers as such; a missing one is named, never 0."""
    if value is None:
        return NOT_RECORDED
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return decimal_text(value, 0 if float(value).is_integer() else 1)


def interval_text(low: float, high: float) -> str:
    """A 95 % interval of a fraction, written in percent."""
    return f"{percent_text(100 * low)} to {percent_text(100 * high)}"


def difference_text(comparison: Mapping[str, Any] | None) -> str:
    """A risk difference in percentage points, or a difference in the quantity's own unit, with its 95 % interval."""
    if comparison is not None and comparison.get("difference") is not None:
        return _own_unit_text(comparison)
    if comparison is not None and _has_too_few(comparison):
        return TOO_FEW
    if comparison is None or comparison.get("risk_difference") is None:
        return NOTHING_TO_SHOW
    point = decimal_text(100 * comparison["risk_difference"], 1)
    if comparison.get("ci_low") is None or comparison.get("ci_high") is None:
        return point
    low, high = (decimal_text(100 * comparison[key], 1) for key in ("ci_low", "ci_high"))
    return f"{point} ({low} to {high})"


def _has_too_few(comparison: Mapping[str, Any]) -> bool:
    """Whether no method gives limits, or one side has no participants."""
    is_of_shares = "risk_difference" in comparison and "difference" not in comparison
    is_empty = is_of_shares and comparison["risk_difference"] is None and comparison.get("p_value") is None
    return bool(comparison.get("too_few")) or is_empty


def _own_unit_text(comparison: Mapping[str, Any]) -> str:
    point = f"{decimal_text(comparison['difference'], 1)}{NBSP}{comparison['unit']}"
    low, high = (decimal_text(comparison[key], 1) for key in ("ci_low", "ci_high"))
    return f"{point} ({low} to {high})"


def p_value_text(comparison: Mapping[str, Any] | None) -> str:
    """A p-value to three decimals with the letter of its test (`TEST_LETTERS`), and a dagger when flagged."""
    if comparison is None or comparison.get("p_value") is None:
        return NOTHING_TO_SHOW
    text = p_value_words(float(comparison["p_value"])).replace(" ", NBSP)
    letter = TEST_LETTERS.get(str(comparison.get("test")), "")
    flag = FLAGGED if comparison.get("fdr_flag") else ""
    return f"{text}{NBSP}{letter}".rstrip(NBSP) + flag


def comparison_text(comparison: Mapping[str, Any]) -> str:
    """A comparison of shares in a line: ``A − B: 3.6 (−21.2 to 28.6) points, p 1.000 F``."""
    pair = f"{comparison['arm']} {MINUS} {comparison['reference']}"
    return f"{pair}: {difference_text(comparison)} points, p {p_value_text(comparison)}"


def cutoff_text(moment: str) -> str:
    """The data cut-off as ``06 Apr 2020, 12:34 UTC`` from its ISO form."""
    return datetime.fromisoformat(moment).astimezone(UTC).strftime("%d %b %Y, %H:%M UTC")


def day_text(value: str) -> str:
    """An ISO date as ``06 Apr 2020``; a partial date as it is."""
    try:
        return datetime.fromisoformat(value).strftime("%d %b %Y")
    except ValueError:
        return value


TRIGGERS = {
    "calendar": "report by calendar, no planned look",
    "death": "ad hoc report after a death, no planned look",
    "boundary": "ad hoc report, a safety boundary prompts, no planned look",
}


def look_text(look: int | None, trigger: str = "") -> str:
    """``look at 40 enrolled``, or the trigger of a report that is no look; ``ad hoc report`` when requested."""
    if look is not None:
        return f"look at {look} enrolled"
    return TRIGGERS.get(trigger, "ad hoc report, no planned look")


def arm_text(arm: str) -> str:
    """An arm's column head: ``Arm A``, ``Arm not recorded`` or ``Total``."""
    return "Total" if arm == TOTAL else f"Arm {arm}"
