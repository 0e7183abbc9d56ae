"""The course of an event: its series of observations, what is derived from it, and how a change of the event enters it.

The series is the truth of grade, outcome and end. Rows stand in the order in which they were recorded, except where their
dates say otherwise. A row without a date happened between the row before it and the moment at which it was recorded.
Sources: SDTMIG 3.4 AE (AETOXGR: the worst; one line per change, tied by AEGRPID), CTCAE (a fatal event has grade 5).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from typing import Any

from events.choices import ObservationKind, Outcome
from partial_dates import PartialMoment, local_date, surely_before

DEATH_GRADE = 5
LONG_AGO, FAR_AHEAD = date(1, 1, 1), date(9999, 12, 31)
NO_BOUND_DAYS = 200 * 365
"""More days than an event can last: the dates bound nothing."""

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
        """Whether the row holds no answer at all."""
        return self.grade is None and not (self.outcome or self.intervention.strip() or self.note.strip())


@dataclass(frozen=True)
class CourseSummary:
    """What the series says of the event as a whole. `worsened` is when it came to its worst, where it rose to it."""

    worst: int | None
    present: int | None
    outcome: str
    ended: PartialMoment | None
    is_over: bool
    worsened: PartialMoment | None


@dataclass(frozen=True)
class GradeDays:
    """Days at one grade, the fewest and the most that the dates allow; `most` None is without a bound."""

    grade: int
    fewest: int
    most: int | None

    @property
    def is_certain(self) -> bool:
        """Whether the dates allow one number only."""
        return self.fewest == self.most


def in_order(rows: Iterable[Observation]) -> tuple[Observation, ...]:
    """The rows in the order of the event: as recorded, but a row stands before those that surely came after it.

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


def summarise(rows: Iterable[Observation]) -> CourseSummary:
    """Worst grade, grade now, outcome and end of a series."""
    ordered = in_order(rows)
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
    """When the event last became worse than ever before; None when it never rose, or nobody knows when."""
    found, worst = None, None
    for row in ordered:
        if row.grade is None:
            continue
        if worst is not None and row.grade > worst:
            found = row.observed
        worst = row.grade if worst is None else max(worst, row.grade)
    return found


def days_at_grades(rows: Iterable[Observation], *, zone: str | tzinfo, until: date) -> tuple[GradeDays, ...]:
    """Days at each grade, ascending: from the day on which a grade is taken up to the day on which the next one is.

    A course that is not over runs to `until`. A grade that is taken up and left on one day has 0 days. With one grade
    alone only its maximum is known, for then it is the grade at the worst. Days of partial dates are bounds: the fewest
    and the most over every date that they allow in the order of the series.
    """
    ordered = in_order(rows)
    graded = [row for row in ordered if row.grade is not None]
    steps = _steps(graded)
    if not steps:
        return ()
    end = next((row for row in ordered if row.kind == ObservationKind.END), None)
    spans = [_days_of(row, zone) for row in steps]
    spans.append(_days_of(end, zone) if end else (until, until))
    bounds = _narrowed(spans, _first_day(ordered, zone))
    found = []
    for grade in sorted({row.grade for row in steps if row.grade is not None}):
        weights = _weights(steps, grade)
        fewest, most = _extreme(bounds, weights, -1), _extreme(bounds, weights, 1)
        found.append(GradeDays(grade, 0 if len(graded) == 1 else max(fewest or 0, 0), most))
    return tuple(found)


def _steps(graded: Sequence[Observation]) -> list[Observation]:
    """The rows at which the grade changes."""
    steps: list[Observation] = []
    for row in graded:
        if not steps or steps[-1].grade != row.grade:
            steps.append(row)
    return steps


Days = tuple[date | None, date | None]


def _days_of(row: Observation, zone: str | tzinfo) -> Days:
    """The first and the last day that the row can mean."""
    if row.observed is None:
        return None, row.known_on
    return local_date(row.observed.earliest, zone), local_date(row.observed.latest, zone)


def _first_day(ordered: Sequence[Observation], zone: str | tzinfo) -> date | None:
    opening = next((row for row in ordered if row.kind == ObservationKind.OPENING), None)
    return _days_of(opening, zone)[0] if opening else None


def _narrowed(spans: Sequence[Days], first: date | None) -> list[Days]:
    """The same days, each no earlier than those before it and no later than those after it."""
    earliest: list[date | None] = []
    for low, _high in spans:
        known = [day for day in (earliest[-1] if earliest else first, low) if day is not None]
        earliest.append(max(known, default=None))
    latest: list[date | None] = []
    for _low, high in reversed(spans):
        known = [day for day in (latest[-1] if latest else None, high) if day is not None]
        latest.append(min(known, default=None))
    return list(zip(earliest, reversed(latest), strict=True))


def _weights(steps: Sequence[Observation], grade: int) -> list[int]:
    """The days at a grade are the weighted sum of the days of the steps: minus where it begins, plus where it ends."""
    own = [int(row.grade == grade) for row in steps]
    return [(own[i - 1] if i else 0) - (own[i] if i < len(own) else 0) for i in range(len(own) + 1)]


def _extreme(bounds: Sequence[Days], weights: Sequence[int], sign: int) -> int | None:
    """The largest (`sign` 1) or smallest (-1) weighted sum of days in ascending order; None when it has no bound.

    Each day lies at an end of some span at the extreme, so that trying these ends in order is enough.
    """
    limits = [((low or LONG_AGO).toordinal(), (high or FAR_AHEAD).toordinal()) for low, high in bounds]
    ends = sorted({day for pair in limits for day in pair})
    best = dict.fromkeys(ends, 0)
    for (low, high), weight in zip(limits, weights, strict=True):
        possible = [day for day in ends if low <= day <= high]
        best = {
            day: sign * weight * day + max(best[before] for before in best if before <= day)
            for day in possible
            if any(before <= day for before in best)
        }
    found = sign * max(best.values()) if best else None
    return None if found is None or found > NO_BOUND_DAYS else found


# How a change of the event itself enters the series ---------------------------------------------------


@dataclass(frozen=True)
class EventState:
    """What the event's own fields say of its course, before or after a write; dates as written."""

    onset: str = ""
    grade: int | None = None
    present_grade: int | None = None
    outcome: str = ""
    ended: str = ""

    @property
    def has_end(self) -> bool:
        """Whether the event is over: an end, or an outcome that is one."""
        return bool(self.ended) or self.outcome in ENDING


@dataclass(frozen=True)
class CourseEdit:
    """A row to add (`number` None) or to correct, with the columns it gets; `is_void` takes it out."""

    number: int | None
    values: Mapping[str, Any]
    is_void: bool = False


def opening_rows(state: EventState) -> tuple[CourseEdit, ...]:
    """The series with which an event is recorded: its begin with its grade, the grade now if lower, and its end.

    A fatal event comes to grade 5 with its end, not with its begin.
    """
    is_death = state.grade == DEATH_GRADE
    begin = {
        "kind": ObservationKind.OPENING,
        "observed": state.onset,
        "grade": None if is_death else state.grade,
        "outcome": "" if state.has_end else state.outcome,
    }
    rows = [CourseEdit(None, begin)]
    if state.present_grade is not None:
        rows.append(CourseEdit(None, {"kind": ObservationKind.COURSE, "grade": state.present_grade}))
    if state.has_end:
        rows.append(CourseEdit(None, _end_of(state)))
    return tuple(rows)


def _end_of(state: EventState) -> dict[str, Any]:
    grade = DEATH_GRADE if state.grade == DEATH_GRADE else None
    return {
        "kind": ObservationKind.END,
        "observed": state.ended,
        "outcome": state.outcome,
        "grade": grade,
    }


def edits_of_change(
    rows: Sequence[Observation], old: EventState, new: EventState, *, was_error: bool
) -> tuple[CourseEdit, ...]:
    """What a change of the event's own fields means for its series. `was_error`: a higher grade never was.

    A change without a moment of its own gets none: nobody said when.
    """
    ordered = in_order(rows)
    edits: list[CourseEdit] = []
    opening = next((row for row in ordered if row.kind == ObservationKind.OPENING), None)
    if opening is not None and new.onset != old.onset:
        edits.append(CourseEdit(opening.number, {"observed": new.onset}))
    edits += _grade_edits(ordered, old, new, was_error=was_error)
    edits += _end_edits(ordered, old, new)
    return _with_the_worst(ordered, _joined(edits), new)


def applied(rows: Sequence[Observation], edits: Sequence[CourseEdit]) -> tuple[Observation, ...]:
    """The series after the edits, without the moments of those that are added."""
    names = ("kind", "grade", "outcome", "intervention", "note")
    by_number = {row.number: row for row in rows}
    following = max(by_number, default=0)
    for edit in edits:
        said: dict[str, Any] = {name: edit.values[name] for name in names if name in edit.values}
        if edit.number is None:
            following += 1
            by_number[following] = Observation(number=following, **said)
        elif edit.is_void:
            del by_number[edit.number]
        else:
            by_number[edit.number] = replace(by_number[edit.number], **said)
    return in_order(by_number.values())


def _with_the_worst(
    ordered: Sequence[Observation], edits: tuple[CourseEdit, ...], new: EventState
) -> tuple[CourseEdit, ...]:
    """The edits, and where they leave no row with the worst grade one more: at the begin when it has none."""
    left = applied(ordered, edits)
    if new.grade is None or summarise(left).worst == new.grade:
        return edits
    opening = next((row for row in left if row.kind == ObservationKind.OPENING and row.grade is None), None)
    number = opening.number if opening else None
    kind = ObservationKind.OPENING if opening else ObservationKind.COURSE
    return _joined((*edits, CourseEdit(number, {"kind": kind, "grade": new.grade})))


def _grade_edits(
    ordered: Sequence[Observation], old: EventState, new: EventState, *, was_error: bool
) -> list[CourseEdit]:
    edits: list[CourseEdit] = []
    graded = [row for row in ordered if row.grade is not None]
    worst = max((row.grade for row in graded if row.grade is not None), default=None)
    if new.grade != worst and new.grade != DEATH_GRADE:
        if not graded and ordered:
            edits.append(CourseEdit(ordered[0].number, {"grade": new.grade}))
        elif new.grade is None or (worst is not None and new.grade < worst):
            over = [row for row in graded if was_error and row.grade is not None]
            limit = new.grade or 0
            edits += [
                CourseEdit(row.number, {"grade": new.grade}) for row in over if (row.grade or 0) > limit
            ]
        else:
            edits.append(CourseEdit(None, {"kind": ObservationKind.COURSE, "grade": new.grade}))
    if new.present_grade != old.present_grade and new.grade is not None:
        now = new.present_grade if new.present_grade is not None else new.grade
        is_said = new.present_grade is not None or new.grade == old.grade
        if is_said and now != DEATH_GRADE:
            edits.append(CourseEdit(None, {"kind": ObservationKind.COURSE, "grade": now}))
    return edits


def _end_edits(ordered: Sequence[Observation], old: EventState, new: EventState) -> list[CourseEdit]:
    end = next((row for row in ordered if row.kind == ObservationKind.END), None)
    if end is not None and new.has_end:
        wanted = _end_of(new)
        return [CourseEdit(end.number, wanted)]
    if end is not None:
        return [CourseEdit(end.number, {}, is_void=True), *_outcome_row(new)]
    if new.has_end:
        return [CourseEdit(None, _end_of(new))]
    return list(_outcome_row(new)) if new.outcome != old.outcome else []


def _outcome_row(new: EventState) -> tuple[CourseEdit, ...]:
    if not new.outcome:
        return ()
    return (CourseEdit(None, {"kind": ObservationKind.COURSE, "outcome": new.outcome}),)


def _joined(edits: Sequence[CourseEdit]) -> tuple[CourseEdit, ...]:
    """One edit per row that is corrected, in the order given; those that add a row stay apart."""
    found: list[CourseEdit] = []
    for edit in edits:
        place = next(
            (i for i, one in enumerate(found) if edit.number is not None and one.number == edit.number), None
        )
        if place is None:
            found.append(edit)
        else:
            before = found[place]
            found[place] = replace(
                before,
                values={**before.values, **edit.values},
                is_void=before.is_void or edit.is_void,
            )
    return tuple(found)
