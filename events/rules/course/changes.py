"""How a change of the event's own fields enters the series of its course."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from events.choices import ObservationKind
from events.rules.course.series import DEATH_GRADE, ENDING, Observation, series_in_order, summary_of_course


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
    """The edits of the series for a change of the event's own fields.

    `was_error`: a higher grade was an error.

    A change without a time of its own gets none.
    """
    ordered = series_in_order(rows)
    edits: list[CourseEdit] = []
    opening = next((row for row in ordered if row.kind == ObservationKind.OPENING), None)
    if opening is not None and new.onset != old.onset:
        edits.append(CourseEdit(opening.number, {"observed": new.onset}))
    edits += _grade_edits(ordered, old, new, was_error=was_error)
    edits += _end_edits(ordered, old, new)
    return _with_the_worst(ordered, _joined(edits), new)


def applied(rows: Sequence[Observation], edits: Sequence[CourseEdit]) -> tuple[Observation, ...]:
    """The series after the edits, without the times of added rows."""
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
    return series_in_order(by_number.values())


def _with_the_worst(
    ordered: Sequence[Observation], edits: tuple[CourseEdit, ...], new: EventState
) -> tuple[CourseEdit, ...]:
    """The edits, and where they leave no row with the worst grade one more: at the begin when it has none."""
    left = applied(ordered, edits)
    if new.grade is None or summary_of_course(left).worst == new.grade:
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
    if new.grade not in (worst, DEATH_GRADE):
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
