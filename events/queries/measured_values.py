"""The values of a participant that CTCAE grades by a number: results of the laboratory, and what other apps measure.

An app above this one registers its values (`register_values`), as it does for the participant's timeline.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache

from assessments.models import LaboratoryResult
from events.queries.grade_limits import GRADING, WrittenResult, limits_of_term, proposal_for
from events.rules.ctcae import fold
from events.rules.grade_proposals import GradeProposal
from trials.models import Participant


@dataclass(frozen=True)
class MeasuredValue:
    """One value as measured.

    `key` names its row, `test` the test, `at` the earliest time of the sample.
    """

    key: str
    test: str
    value: Decimal
    unit: str
    at: datetime
    written: str
    lower_limit: Decimal | None = None
    upper_limit: Decimal | None = None
    baseline: Decimal | None = None
    is_baseline: bool = False

    @property
    def baseline_kind(self) -> str:
        """Whether the baseline is between the limits, above or below; empty when unknown."""
        if self.baseline is None or self.lower_limit is None or self.upper_limit is None:
            return ""
        if self.baseline > self.upper_limit:
            return "high"
        return "low" if self.baseline < self.lower_limit else "normal"


@dataclass(frozen=True)
class ValueSource:
    """The measurements of another app: `values` of a participant, and the ids of participants with changes since a time."""

    values: Callable[[Participant], Iterable[MeasuredValue]]
    changed_since: Callable[[datetime], Iterable[int]]


_sources: list[ValueSource] = []


def register_values(source: ValueSource) -> None:
    """Add the values of another app. It registers when it is ready, once."""
    _sources.append(source)


def changed_participants(since: datetime) -> set[int]:
    """The participants with new or changed values in the registered sources."""
    return {pk for source in _sources for pk in source.changed_since(since)}


@cache
def shipped_tests() -> Mapping[str, tuple[str, ...]]:
    """The codes of the terms that a test can lead to, by the folded name of the test."""
    found: dict[str, list[str]] = {}
    with (GRADING / "tests.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(_folded(row["test"]), []).append(row["code"])
    return {test: tuple(codes) for test, codes in found.items()}


def codes_of_test(test: str) -> tuple[str, ...]:
    """The codes of the terms that a test can lead to; none for a test that the table does not have."""
    return shipped_tests().get(_folded(test), ())


def _folded(test: str) -> str:
    """With the signs that distinguish short names, such as K+."""
    return fold(test) or test.strip().casefold()


def measured_values(participant: Participant) -> list[MeasuredValue]:
    """Every value of the participant, of the laboratory and of the registered sources."""
    found = list(_laboratory(participant))
    for source in _sources:
        found += source.values(participant)
    return found


def _laboratory(participant: Participant) -> Iterable[MeasuredValue]:
    rows = list(LaboratoryResult.objects.standing().filter(participant=participant))
    baselines = {_folded(row.test): row.value for row in rows if row.is_baseline}
    for row in rows:
        if row.sampled_earliest_at is not None:
            yield MeasuredValue(
                key=f"lab {row.pk}",
                test=row.test,
                value=row.value,
                unit=row.unit,
                at=row.sampled_earliest_at,
                written=row.sampled,
                lower_limit=row.lower_limit,
                upper_limit=row.upper_limit,
                baseline=baselines.get(_folded(row.test)),
                is_baseline=row.is_baseline,
            )


def proposal_of(
    value: MeasuredValue, *, version: str, code: str, say: Callable[[str], str] = str
) -> GradeProposal | None:
    """The grades of a value under a term; None where a number alone makes no finding of the term."""
    if not any(one.is_finding for one in limits_of_term(version=version, code=code)):
        return None
    return proposal_for(
        WrittenResult(
            version=version,
            term=code,
            value=str(value.value),
            unit=value.unit,
            lower_limit=_text(value.lower_limit),
            upper_limit=_text(value.upper_limit),
            baseline=_text(value.baseline),
            baseline_indicator=value.baseline_kind,
            high_indicator="high",
        ),
        say,
    )


def _text(number: Decimal | None) -> str:
    return "" if number is None else str(number)
