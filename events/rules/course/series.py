"""The series of an event's course: its rows, their order, and the values derived from them.

Grade, outcome and end follow from the series. Rows are in the order in which they were recorded, except where their
dates give another order. A row without a date happened between the row before it and the time at which it was recorded.
Sources: SDTMIG 3.4 AE (AETOXGR: the worst; one line per change, tied by AEGRPID), CTCAE (a fatal event has grade 5).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from events.choices import ObservationKind, Outcome
from partial_dates import PartialMoment, surely_before

DEATH_GRADE = 5
ENDING = (Outcome.RECOVERED, Outcome.RECOVERED_WITH_SEQUELAE, Outcome.FATAL)
"""Outcomes after which an event does not go on."""


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One row of the series. `grade` None and empty texts say nothing; `observed` None is not known when.

    `known_on`: the day on which the row was on record, the latest that it can mean.
    """

    number: int
    kind: str = ObservationKind.COURSE
    observed: PartialMoment | None = None
    grade: int | None = None
    outcome: str = ""
    intervention: str = ""
    note: str = ""
    known_on: date | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether the row has no answer at all."""
        return self.grade is None and not (self.outcome or self.intervention.strip() or self.note.strip())


@dataclass(frozen=True)
class CourseSummary:
    """The values of the whole event from its series.

    `worsened` is when it came to its worst, where it rose to it.
    """

    worst: int | None
    present: int | None
    outcome: str
    ended: PartialMoment | None
    is_over: bool
    worsened: PartialMoment | None


def series_in_order(rows: Iterable[Observation]) -> tuple[Observation, ...]:
    """The rows in the order of the event: as recorded, but a row precedes those that certainly came after it.

    The opening is first and the end is last.
    """
    ordered: list[Observation] = []
    for row in sorted(rows, key=lambda one: one.number):
        place = next((i for i, other in enumerate(ordered) if _is_before(row, other)), len(ordered))
        ordered.insert(place, row)
    rank = {ObservationKind.OPENING: 0, ObservationKind.END: 2}
    return tuple(sorted(ordered, key=lambda one: rank.get(ObservationKind(one.kind), 1)))


def _is_before(row: Observation, other: Observation) -> bool:
    return (
        row.observed is not None
        and other.observed is not None
        and surely_before(row.observed, other.observed)
    )


def summary_of_course(rows: Iterable[Observation]) -> CourseSummary:
    """Worst grade, grade now, outcome and end of a series."""
    ordered = series_in_order(rows)
    grades = [row.grade for row in ordered if row.grade is not None]
    worst = max(grades, default=None)
    last = grades[-1] if grades else None
    end = next((row for row in ordered if row.kind == ObservationKind.END), None)
    said = [row.outcome for row in ordered if row.outcome]
    return CourseSummary(
        worst=worst,
        present=last if last is not None and worst is not None and last < worst else None,
        outcome=end.outcome if end else (said[-1] if said else ""),
        ended=end.observed if end else None,
        is_over=end is not None,
        worsened=_rise(ordered),
    )


def _rise(ordered: Sequence[Observation]) -> PartialMoment | None:
    """When the event last became worse than ever before; None when it never rose, or the time is unknown."""
    found, worst = None, None
    for row in ordered:
        if row.grade is None:
            continue
        if worst is not None and row.grade > worst:
            found = row.observed
        worst = row.grade if worst is None else max(worst, row.grade)
    return found
