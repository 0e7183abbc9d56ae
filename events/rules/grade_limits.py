"""The limits of one CTCAE term: the condition of each grade for a measured value, from the table of limits.

A condition is written as in `<100`, `>3*ULN [not high]`, `<=0.5*BASE & <LLN`, `>BASE+60`, `<130 {with symptoms}` or
`?`. `ULN` and `LLN` are the limits of the laboratory, `BASE` is the participant's own baseline. Brackets have the
condition on the baseline, braces a condition that the value does not show; `;` separates alternatives, `&` joins
conditions that must all be true; `?` is a part of the grade that no value answers. Source: CTCAE v5.0 (27 November
2017) and v6.0 (22 July 2025), by the code of the term.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from partial_dates.refusals import gettext_noop

UPPER, LOWER, BASELINE = "ULN", "LLN", "BASE"
ANY_UNIT = "any"
"""The limits are multiples only: value, reference limits and baseline have the same unit, of any kind."""

UNITS_IN_WORDS = {
    ANY_UNIT: "",
    "pH": "",
    "INR": "",
    "degC": "°C",
    "degF": "°F",
    "10^9/L": "× 10⁹/L",
    "umol/L": "µmol/L",
}
UNANSWERED = "?"
GRADES_WITH_LIMITS = (1, 2, 3, 4)

_COMPARISON = re.compile(
    r"(?P<operator><=|>=|<|>)"
    r"(?:(?P<factor>-?\d+(?:\.\d+)?)(?:\*(?P<multiplied>ULN|LLN|BASE))?|(?P<alone>ULN|LLN|BASE)(?P<shift>[+-]\d+(?:\.\d+)?)?)"
)
_CONDITION = re.compile(
    r"(?P<comparisons>[^[{]+?)(?: \[(?P<baseline>[^]]+)\])?(?: \{(?P<situation>[^}]+)\})?"
)
_IN_SIGNS = {"<=": "≤", ">=": "≥", "<": "<", ">": ">"}
_REFERENCE_WORDS = {
    UPPER: gettext_noop("ULN"),
    LOWER: gettext_noop("LLN"),
    BASELINE: gettext_noop("baseline"),
}
_BASELINE_WORDS = {
    "high": gettext_noop("if the baseline was above ULN"),
    "not high": gettext_noop("if the baseline was not above ULN"),
    "low": gettext_noop("if the baseline was below LLN"),
    "no baseline": gettext_noop("if there is no baseline"),
}
OR, AND = gettext_noop("or"), gettext_noop("and")
NOT_ANSWERED = gettext_noop("a value does not answer this grade")


class LimitsError(ValueError):
    """A line of the table of limits cannot be read."""


@dataclass(frozen=True)
class LimitComparison:
    """Value `operator` bound, where the bound is `factor` × reference + `shift`.

    Without a reference it is `factor`.
    """

    operator: str
    factor: Decimal
    reference: str
    shift: Decimal


@dataclass(frozen=True)
class GradeCondition:
    """Comparisons that must all be true, with a kind of baseline, in a situation that the value does not show.

    No comparisons: a part of the grade that a value does not answer.
    """

    comparisons: tuple[LimitComparison, ...]
    baseline: str
    situation: str


@dataclass(frozen=True)
class TermLimits:
    """The limits of one term in one unit.

    `by_grade` has the alternatives of each grade that a number can reach.
    """

    version: str
    code: str
    term: str
    variant: str
    unit: str
    by_grade: Mapping[int, tuple[GradeCondition, ...]]
    is_finding: bool
    note: str

    @property
    def situations(self) -> tuple[str, ...]:
        """The conditions of the limits besides the value, each once."""
        named = (c.situation for conditions in self.by_grade.values() for c in conditions if c.situation)
        return tuple(dict.fromkeys(named))


def parse_limits(row: Mapping[str, str]) -> TermLimits:
    """One line of the table of limits. Raises LimitsError when a condition cannot be read."""
    cells = {grade: row[f"grade_{grade}"] for grade in GRADES_WITH_LIMITS}
    return TermLimits(
        version=row["version"],
        code=row["code"],
        term=row["term"],
        variant=row["variant"],
        unit=row["unit"],
        by_grade={grade: _conditions(cell) for grade, cell in cells.items() if cell},
        is_finding=row["alone"] == "yes",
        note=row["note"],
    )


def grade_in_words(limits: TermLimits, grade: int, say: Callable[[str], str] = str) -> str:
    """The condition of a grade: "> 3 × ULN if the baseline was not above ULN; …". `say` translates a phrase."""
    phrases = [_condition_in_words(one, limits.unit, say) for one in limits.by_grade.get(grade, ())]
    return f" {say(OR)} ".join(phrases)


def _conditions(cell: str) -> tuple[GradeCondition, ...]:
    return tuple(_condition(text) for text in cell.split("; "))


def _condition(text: str) -> GradeCondition:
    if text == UNANSWERED:
        return GradeCondition((), "", "")
    found = _CONDITION.fullmatch(text)
    if found is None or (found["baseline"] or "high") not in _BASELINE_WORDS:
        raise LimitsError(f"{text!r} is no condition of a grade.")
    comparisons = tuple(_comparison(one) for one in found["comparisons"].split(" & "))
    return GradeCondition(comparisons, found["baseline"] or "", found["situation"] or "")


def _comparison(text: str) -> LimitComparison:
    found = _COMPARISON.fullmatch(text)
    if found is None:
        raise LimitsError(f"{text!r} is no comparison.")
    reference = found["multiplied"] or found["alone"] or ""
    return LimitComparison(
        found["operator"], Decimal(found["factor"] or 1), reference, Decimal(found["shift"] or 0)
    )


def _condition_in_words(condition: GradeCondition, unit: str, say: Callable[[str], str]) -> str:
    if not condition.comparisons:
        return say(NOT_ANSWERED)
    words = [f" {say(AND)} ".join(_bound_in_words(one, unit, say) for one in condition.comparisons)]
    if condition.baseline:
        words.append(say(_BASELINE_WORDS[condition.baseline]))
    if condition.situation:
        words.append(say(condition.situation))
    return " ".join(words)


def _bound_in_words(comparison: LimitComparison, unit: str, say: Callable[[str], str]) -> str:
    spelled = UNITS_IN_WORDS.get(unit, unit)
    shown_unit = f" {say(spelled)}" if spelled else ""
    sign = _IN_SIGNS[comparison.operator]
    if not comparison.reference:
        return f"{sign} {comparison.factor}{shown_unit}"
    reference = say(_REFERENCE_WORDS[comparison.reference])
    times = "" if comparison.factor == 1 else f"{comparison.factor} × "
    shift = ""
    if comparison.shift:
        shift = f" {'+' if comparison.shift > 0 else '−'} {abs(comparison.shift)}{shown_unit}"
    return f"{sign} {times}{reference}{shift}"
