"""The shipped limits of CTCAE terms, and the possible grades of a value as written."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from events.queries.word_tables import shipped_terms
from events.rules.ctcae import fold
from events.rules.grade_limits import ANY_UNIT, BASELINE, UPPER, TermLimits, parse_limits
from events.rules.grade_proposals import (
    HIGH,
    LOW,
    NORMAL,
    GradedValue,
    GradeProposal,
    propose_grades,
)
from events.rules.grade_units import WrittenUnit, factor_to

GRADING = Path(__file__).resolve().parent.parent / "grading"
VERSIONS = {"5": "5.0", "5.0": "5.0", "6": "6.0", "6.0": "6.0"}
HYPERTENSION = "10020772"
SYSTOLIC, DIASTOLIC = "systolic", "diastolic"
SURELY_SYSTOLIC_MMHG = 120
"""A single pressure from here on is read as the systolic one; below it is ambiguous."""

Say = Callable[[str], str]


@dataclass(frozen=True)
class WrittenResult:
    """A result in the format of a laboratory or a file. All fields are text; empty is missing.

    `high_indicator` is the word that the file uses for a baseline above the upper limit.
    """

    version: str
    term: str
    value: str
    unit: str
    lower_limit: str = ""
    upper_limit: str = ""
    baseline: str = ""
    baseline_indicator: str = ""
    high_indicator: str = ""


class NotGradableError(ValueError):
    """A result cannot be graded by its number; the message has the reason."""


@cache
def shipped_limits() -> tuple[TermLimits, ...]:
    """Every line of the table of limits, both versions."""
    return tuple(parse_limits(row) for row in _rows("limits.csv"))


@cache
def shipped_units() -> tuple[WrittenUnit, ...]:
    """Every spelling of a unit in the table of units."""
    return tuple(
        WrittenUnit(row["code"], row["unit"], row["written"], Decimal(row["factor"]))
        for row in _rows("units.csv")
    )


@cache
def _limits_by_code(version: str) -> Mapping[str, tuple[TermLimits, ...]]:
    found: dict[str, list[TermLimits]] = {}
    for one in shipped_limits():
        if one.version == version:
            found.setdefault(one.code, []).append(one)
    return {code: tuple(listed) for code, listed in found.items()}


@cache
def _limits_by_name(version: str) -> Mapping[str, tuple[TermLimits, ...]]:
    """By code and by name, each with the variant behind it."""
    found: dict[str, list[TermLimits]] = {}
    for one in shipped_limits():
        if one.version == version:
            for name in (one.term, one.code):
                found.setdefault(fold(f"{name} {one.variant}"), []).append(one)
    return {name: tuple(listed) for name, listed in found.items()}


def limits_of_term(*, version: str, code: str) -> tuple[TermLimits, ...]:
    """The limits of a term in every unit and variant; empty when no number grades it."""
    return _limits_by_code(version).get(code, ())


def proposal_for(result: WrittenResult, say: Say = str) -> GradeProposal:
    """The possible grades of a result as written. Empty grades with the reason when it cannot be graded."""
    try:
        limits = _limits_for(result)
        return propose_grades(_measured(result, limits), limits, say)
    except NotGradableError as error:
        return GradeProposal((), f"Cannot be graded: {error}")


def _limits_for(result: WrittenResult) -> TermLimits:
    candidates = _candidates(result)
    for limits in candidates:
        if _factor(result, limits) is not None:
            return limits
    expected = ", ".join(dict.fromkeys(one.unit for one in candidates))
    if not result.unit.strip():
        raise NotGradableError(f"the unit is missing; {candidates[0].term} is graded in {expected}.")
    raise NotGradableError(
        f"the unit {result.unit!r} does not fit; {candidates[0].term} is graded in {expected}."
    )


def _candidates(result: WrittenResult) -> tuple[TermLimits, ...]:
    version = VERSIONS.get(result.version.strip().removeprefix("CTCAE-"))
    if version is None:
        raise NotGradableError(f"the version is {result.version!r}; limits are known for CTCAE 5.0 and 6.0.")
    name = fold(result.term)
    found = _limits_by_name(version).get(name, ())
    if not found and name in (fold("Hypertension"), HYPERTENSION):
        return _limits_by_name(version)[fold(f"Hypertension {_pressure_kind(result)}")]
    if found:
        return found
    if not any(name in (fold(term.term), term.code) for term in shipped_terms(version)):
        raise NotGradableError(f"{result.term!r} is no term of CTCAE v{version}.")
    raise NotGradableError(
        f"CTCAE v{version} grades {result.term!r} by symptoms or treatment, not by a number."
    )


def _pressure_kind(result: WrittenResult) -> str:
    if _number("value", result.value) < SURELY_SYSTOLIC_MMHG:
        raise NotGradableError("say whether the pressure is systolic or diastolic.")
    return SYSTOLIC


def _factor(result: WrittenResult, limits: TermLimits) -> Decimal | None:
    if limits.unit == ANY_UNIT:
        return Decimal(1)
    return factor_to(shipped_units(), written=result.unit, unit=limits.unit, code=limits.code)


def _measured(result: WrittenResult, limits: TermLimits) -> GradedValue:
    factor = _factor(result, limits) or Decimal(1)
    measured = GradedValue(
        value=_number("value", result.value) * factor,
        lower_limit=_optional("lower limit", result.lower_limit, factor),
        upper_limit=_optional("upper limit", result.upper_limit, factor),
        baseline=_optional("baseline", result.baseline, factor),
        baseline_kind=_baseline_kind(result),
    )
    _require_possible(measured, limits)
    return measured


def _require_possible(measured: GradedValue, limits: TermLimits) -> None:
    """A multiple of zero is no limit."""
    if limits.unit == ANY_UNIT and measured.value < 0:
        raise NotGradableError(f"the value {measured.value} is below 0.")
    used = {
        one.reference
        for conditions in limits.by_grade.values()
        for condition in conditions
        for one in condition.comparisons
    }
    for reference, name, number in (
        (BASELINE, "baseline", measured.baseline),
        (UPPER, "upper limit", measured.upper_limit),
    ):
        if reference in used and number is not None and number <= 0:
            raise NotGradableError(f"the {name} is {number}; it must be above 0.")


def _baseline_kind(result: WrittenResult) -> str:
    said = result.baseline_indicator.strip().casefold()
    if said and said == result.high_indicator.strip().casefold():
        return HIGH
    kinds = {"h": HIGH, "high": HIGH, "l": LOW, "low": LOW, "n": NORMAL, "normal": NORMAL, "": ""}
    if said not in kinds:
        raise NotGradableError(
            f"the baseline is said to be {result.baseline_indicator!r}; it is normal, high or low."
        )
    return kinds[said]


def _optional(name: str, text: str, factor: Decimal) -> Decimal | None:
    return _number(name, text) * factor if text.strip() else None


def _number(name: str, text: str) -> Decimal:
    if not text.strip():
        raise NotGradableError(f"the {name} is missing.")
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise NotGradableError(f"the {name} {text!r} is no number.")
    return number


def _rows(name: str) -> list[dict[str, str]]:
    with (GRADING / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
