"""The possible CTCAE grades of a measured value, and the rule.

Source: CTCAE v5.0 and v6.0 (limits by the code of the term). The highest grade whose limits the value meets counts.
Three answers are distinct: met, not met, unknown (a limit of the laboratory or the baseline is missing). A grade is
proposed only when it is certain under all unknowns; conditions that the value does not show (symptoms, duration) leave
several grades open.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from events.rules.grade_limits import (
    BASELINE,
    LOWER,
    UPPER,
    GradeCondition,
    LimitComparison,
    TermLimits,
    grade_in_words,
)
from partial_dates.refusals import gettext_noop

_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}
NORMAL, HIGH, LOW = "normal", "high", "low"

LIMITS_UNKNOWN = gettext_noop(
    "Cannot be graded: a limit of the laboratory or the baseline is missing, and without it the value may be normal."
)
HIGHER_IS_POSSIBLE = gettext_noop(
    "The baseline or a limit of the laboratory is missing: each of these grades is possible."
)
NOT_ABNORMAL = gettext_noop("No grade: the value meets none of the limits.")
GRADE = gettext_noop("grade")


@dataclass(frozen=True)
class GradedValue:
    """A value in the unit of the limits, the laboratory's reference limits and the baseline in the same unit.

    `baseline_kind` is "normal", "high", "low" or empty when unknown.
    """

    value: Decimal
    lower_limit: Decimal | None = None
    upper_limit: Decimal | None = None
    baseline: Decimal | None = None
    baseline_kind: str = ""


@dataclass(frozen=True)
class GradeProposal:
    """The possible grades of a value, ascending; `(0,)` is "not abnormal", empty is "cannot be graded".

    `rule` is the reason in words.
    """

    grades: tuple[int, ...]
    rule: str

    @property
    def is_abnormal(self) -> bool:
        """Whether the value has a grade from 1 on."""
        return any(self.grades)


def propose_grades(
    measured: GradedValue, limits: TermLimits, say: Callable[[str], str] = str
) -> GradeProposal:
    """The grades of the value under the limits of one term. `say` translates the phrases of the rule."""
    by_situation = [_possible_grades(measured, limits, situation) for situation in ("", *limits.situations)]
    if any(0 in possible and len(possible) > 1 for possible in by_situation):
        return GradeProposal((), say(LIMITS_UNKNOWN))
    grades: set[int] = set().union(*by_situation)
    if grades == {0}:
        return GradeProposal((0,), say(NOT_ABNORMAL))
    ordered = tuple(sorted(grades - {0}))
    rule = rule_in_words(ordered, limits, say)
    if any(len(possible) > 1 for possible in by_situation):
        rule += f". {say(HIGHER_IS_POSSIBLE)}"
    return GradeProposal(ordered, rule)


def rule_in_words(grades: Iterable[int], limits: TermLimits, say: Callable[[str], str] = str) -> str:
    """The limits of each grade: "Anemia, CTCAE v5.0: grade 2: < 100 g/L"."""
    shown = "; ".join(
        f"{say(GRADE)} {grade}: {grade_in_words(limits, grade, say)}" for grade in grades if grade
    )
    note = f" ({say(limits.note)})" if limits.note else ""
    return f"{limits.term}, CTCAE v{limits.version}: {shown}{note}"


def _possible_grades(measured: GradedValue, limits: TermLimits, situation: str) -> set[int]:
    """The grades that remain possible in a situation: the highest that is met, and each above it that may be met."""
    possible: set[int] = set()
    for grade in sorted(limits.by_grade, reverse=True):
        answer = _any(
            _meets(measured, one) for one in limits.by_grade[grade] if one.situation in ("", situation)
        )
        if answer is not False:
            possible.add(grade)
        if answer:
            return possible
    return possible | {0}


def _any(answers: Iterable[bool | None]) -> bool | None:
    listed = tuple(answers)
    if any(listed):
        return True
    return None if None in listed else False


def _all(answers: Iterable[bool | None]) -> bool | None:
    listed = tuple(answers)
    if False in listed:
        return False
    return None if None in listed else True


def _meets(measured: GradedValue, condition: GradeCondition) -> bool | None:
    if not condition.comparisons:
        return None
    answers = [_compares(measured, one) for one in condition.comparisons]
    if condition.baseline:
        answers.append(_has_baseline(measured, condition.baseline))
    met = _all(answers)
    return False if met is None and _is_ruled_out(measured, condition) else met


def _compares(measured: GradedValue, comparison: LimitComparison) -> bool | None:
    bound = comparison.factor
    if comparison.reference:
        reference = {
            UPPER: measured.upper_limit,
            LOWER: measured.lower_limit,
            BASELINE: measured.baseline,
        }[comparison.reference]
        if reference is None:
            return None
        bound = comparison.factor * reference + comparison.shift
    return _COMPARE[comparison.operator](measured.value, bound)


def _has_baseline(measured: GradedValue, kind: str) -> bool | None:
    if kind == "no baseline":
        return measured.baseline is None
    if kind == LOW:
        return _is_low(measured)
    high = _is_high(measured)
    if high is None:
        return None
    return high if kind == HIGH else not high


def _is_high(measured: GradedValue) -> bool | None:
    """Whether the baseline was above the upper limit: as recorded, else by the numbers, else unknown."""
    if measured.baseline_kind:
        return measured.baseline_kind == HIGH
    if measured.baseline is None or measured.upper_limit is None:
        return None
    return measured.baseline > measured.upper_limit


def _is_low(measured: GradedValue) -> bool | None:
    """Whether the baseline was below the lower limit: as recorded, else by the numbers, else unknown."""
    if measured.baseline_kind:
        return measured.baseline_kind == LOW
    if measured.baseline is None or measured.lower_limit is None:
        return None
    return measured.baseline < measured.lower_limit


def _is_ruled_out(measured: GradedValue, condition: GradeCondition) -> bool:
    """Whether a condition on an unknown baseline is certainly false.

    A baseline above ULN makes the bound `factor` × ULN at least. For a value up to ULN a baseline below LLN matters
    only when it is recorded as below.
    """
    if measured.upper_limit is None or measured.baseline is not None:
        return False
    if condition.baseline == HIGH:
        return all(measured.value <= one.factor * measured.upper_limit for one in condition.comparisons)
    return condition.baseline == LOW and not measured.baseline_kind and measured.value <= measured.upper_limit
