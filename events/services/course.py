"""The course of an event: rows added, corrected, voided.

The event's grade, outcome and end follow from its rows.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from audit.services import attributed, first_version, mark_void, next_version
from events.choices import EventStatus, Lowering, ObservationKind
from events.models import AdverseEvent, EventObservation
from events.queries.course import stored_rows
from events.rules.adverse_events import check_correction
from events.rules.course import (
    ENDING,
    CourseEdit,
    EventState,
    edits_of_change,
    opening_rows,
    summary_of_course,
)
from events.rules.notices import NewsFacts
from events.services.event_writing import (
    Values,
    announce,
    check_row,
    keep_version,
    locked_event,
    news_facts,
)
from trials.choices import Source
from webkit.refusals import validation_error

SAID = ("observed", "grade", "intervention", "outcome", "note")
"""What people say in a row."""
NOT_LOWERED = {"lowered_because": "", "signed_by": "", "signed_at": None}


@transaction.atomic
def record_observation(
    *,
    event: AdverseEvent,
    values: Values,
    by: User,
    at: datetime,
    reason: str,
    seen_version: int | None = None,
) -> EventObservation:
    """Add a row to the course of a recorded event. `values`: names of `SAID`.

    An outcome after which the event does not go on ends it, at the moment of the row. The event gets a new version with
    the worst grade, the grade now, the outcome and the end that follow; a signature on it is dropped. Raises
    ValidationError when a rule refuses the row or the event, PermissionDenied.
    """
    _refuse_unsaid(values)
    row = _locked_for_course(event, by, seen_version)
    before = news_facts(row)
    if not stored_rows(row):
        _begun(row, row.course_state(), by=by, at=at, reason=reason)
    is_end = values.get("outcome") in ENDING
    kind = ObservationKind.END if is_end else ObservationKind.COURSE
    made = _added(row, {**values, "kind": kind}, by=by, at=at, reason=reason)
    _derive(row, before=before, by=by, at=at, reason=reason)
    return made


@transaction.atomic
def correct_observation(
    *,
    observation: EventObservation,
    values: Values,
    seen_version: int,
    by: User,
    at: datetime,
    reason: str,
) -> EventObservation:
    """Correct a row: a new version beside the old one.

    Raises ValidationError when a newer version exists, nothing differs, or no reason is given.
    """
    _refuse_unsaid(values)
    row = _locked_for_course(observation.event, by, None)
    made = _locked_row(observation, row)
    before = news_facts(row)
    changed = tuple(name for name in values if getattr(made, name) != values[name])
    refused = check_correction(
        changed=changed, reason=reason, expected_version=seen_version, current_version=made.version
    )
    if refused:
        raise validation_error(refused, EventObservation)
    if made.kind != ObservationKind.OPENING:
        is_end = values.get("outcome", made.outcome) in ENDING
        made.kind = ObservationKind.END if is_end else _kind_without_end(made)
    _corrected(made, row, values, by=by, at=at, reason=reason)
    _derive(row, before=before, by=by, at=at, reason=reason)
    return made


@transaction.atomic
def void_observation(
    *, observation: EventObservation, by: User, at: datetime, reason: str
) -> EventObservation:
    """Take a row that never was out of the course; it stays readable.

    The begin cannot be voided: the event can.
    """
    if not reason.strip():
        raise ValidationError(
            {"reason": _("Reason: empty; a void needs a reason that others can follow (R10).")}
        )
    row = _locked_for_course(observation.event, by, None)
    made = _locked_row(observation, row)
    if made.kind == ObservationKind.OPENING:
        raise ValidationError(_("Course: the begin cannot be void; void the event, or correct the row."))
    before = news_facts(row)
    mark_void(made, reason=reason, at=at)
    with attributed(by=by, reason=reason, at=at):
        made.save()
    _derive(row, before=before, by=by, at=at, reason=reason)
    return made


def follow_event(row: AdverseEvent, *, old: EventState | None, by: User, at: datetime, reason: str) -> None:
    """Update the series from the new values of the event's own fields, in the same transaction.

    `old` are their values before, None when the event was not recorded yet. A draft has no course; an event of an
    import gets one when people or the import add a row.
    """
    if row.status != EventStatus.RECORDED:
        return
    stored = stored_rows(row)
    if not stored and row.source != Source.ENTRY:
        return
    if old is None:
        _write(row, (), opening_rows(row.course_state()), by=by, at=at, reason=reason)
        return
    stored = stored or _begun(row, old, by=by, at=at, reason=reason)
    was_error = row.lowered_because in (Lowering.ERROR, Lowering.SOURCE)
    known = [one.as_observation() for one in stored]
    edits = edits_of_change(known, old, row.course_state(), was_error=was_error)
    _write(row, stored, edits, by=by, at=at, reason=reason)


def _begun(
    row: AdverseEvent, state: EventState, *, by: User, at: datetime, reason: str
) -> list[EventObservation]:
    """The first rows of an event without a course, from its own fields.

    The time of its worst is unknown.
    """
    _write(row, (), _with_worst_undated(opening_rows(state)), by=by, at=at, reason=reason)
    return stored_rows(row)


def _with_worst_undated(edits: Sequence[CourseEdit]) -> list[CourseEdit]:
    """The begin without its grade, and the grade as a row without a date: it was the worst, at an unknown time."""
    opening, *others = edits
    if opening.values["grade"] is None:
        return list(edits)
    worst = CourseEdit(None, {"kind": ObservationKind.COURSE, "grade": opening.values["grade"]})
    return [CourseEdit(None, {**opening.values, "grade": None}), worst, *others]


def _write(
    row: AdverseEvent,
    stored: Iterable[EventObservation],
    edits: Iterable[CourseEdit],
    *,
    by: User,
    at: datetime,
    reason: str,
) -> None:
    by_number = {one.number: one for one in stored}
    for edit in edits:
        if edit.number is None:
            _added(row, edit.values, by=by, at=at, reason=reason)
        elif edit.is_void:
            mark_void(by_number[edit.number], reason=reason or _("no longer said"), at=at)
            with attributed(by=by, reason=reason, at=at):
                by_number[edit.number].save()
        elif any(getattr(by_number[edit.number], name) != value for name, value in edit.values.items()):
            _corrected(by_number[edit.number], row, edit.values, by=by, at=at, reason=reason)


def _added(row: AdverseEvent, values: Values, *, by: User, at: datetime, reason: str) -> EventObservation:
    last = row.observations.order_by("-number").values_list("number", flat=True).first() or 0
    made = EventObservation(trial_id=row.trial_id, event=row, number=last + 1, **values)
    first_version(made, at=at)
    return _kept(made, row, by=by, at=at, reason=reason)


def _corrected(
    made: EventObservation, row: AdverseEvent, values: Values, *, by: User, at: datetime, reason: str
) -> EventObservation:
    for name, value in values.items():
        setattr(made, name, value)
    next_version(made, at=at)
    return _kept(made, row, by=by, at=at, reason=reason)


def _kept(
    made: EventObservation, row: AdverseEvent, *, by: User, at: datetime, reason: str
) -> EventObservation:
    row.judged_at, made.event = at, row
    made.full_clean(exclude=("trial", "event"), validate_unique=False, validate_constraints=False)
    with attributed(by=by, reason=reason, at=at):
        made.save()
    return made


def _derive(row: AdverseEvent, *, before: NewsFacts, by: User, at: datetime, reason: str) -> None:
    """Write what follows from the series into the event: a new version, judged by the event's own rules."""
    found = summary_of_course(one.as_observation() for one in stored_rows(row))
    row.grade, row.present_grade = found.worst, found.present
    row.outcome, row.ended = found.outcome, found.ended.text if found.ended else ""
    if found.worsened is not None:
        row.worsened = found.worsened.text
    if found.is_over and row.ongoing:
        row.ongoing = False
    for name, value in NOT_LOWERED.items():
        setattr(row, name, value)
    check_row(row, at)
    keep_version(row, by=by, at=at, reason=reason)
    announce(row, before=before, at=at)


def _locked_for_course(event: AdverseEvent, by: User, seen_version: int | None) -> AdverseEvent:
    row = locked_event(event, Action.RECORD_EVENT, by)
    if row.status != EventStatus.RECORDED:
        raise ValidationError(_("Course: the event is a draft; record it first."))
    if seen_version is not None and seen_version != row.version:
        refused = check_correction(
            changed=("course",), reason="-", expected_version=seen_version, current_version=row.version
        )
        raise validation_error(refused, AdverseEvent)
    return row


def _locked_row(observation: EventObservation, row: AdverseEvent) -> EventObservation:
    made = EventObservation.objects.select_for_update().get(pk=observation.pk)
    if made.voided_at is not None:
        raise ValidationError(_("Course: this row is void; add a new one instead."))
    made.event = row
    return made


def _kind_without_end(made: EventObservation) -> str:
    """A row that ended the event without an outcome still ends it.

    One that only had the outcome is a row of the course.
    """
    return made.kind if made.kind == ObservationKind.END and not made.outcome else ObservationKind.COURSE


def _refuse_unsaid(values: Values) -> None:
    unknown = sorted(set(values) - set(SAID))
    if unknown:
        sentence = _("%(field)s: not part of a row of the course.")
        raise ValidationError({name: sentence % {"field": name} for name in unknown})
