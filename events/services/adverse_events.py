"""Adverse events: drafted, recorded, corrected, followed up, signed, voided.

Every write is a version with a reason.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.choices import Action, SignatureMeaning
from accounts.models import User
from accounts.services import sign_record
from audit.choices import standing_reason
from audit.services import attributed, first_version, mark_void
from events.choices import EventStatus
from events.models import AdverseEvent
from events.rules.adverse_events import (
    at_its_worst,
    changed_fields,
    check_correction,
    check_lowering,
    lowered_fields,
    reason_missing,
)
from events.rules.adverse_events.entered import ENTERED, FOLLOWED_UP
from events.rules.notices import NewsFacts
from events.services.course import follow_event
from events.services.event_writing import (
    Values,
    announce,
    check_row,
    content_to_sign,
    entered_values,
    keep_version,
    locked_event,
    news_facts,
    refuse_likely_duplicate,
    require_here,
)
from trials.models import Participant
from webkit.refusals import validation_error

SIGNATURE = standing_reason("signed: I have reviewed this event and take responsibility for it")
"""The meaning of the signature (21 CFR 11.50), kept with it in the trail."""


def record_adverse_event(
    *, participant: Participant, values: Values, by: User, at: datetime, reason: str
) -> AdverseEvent:
    """Record an event that is complete. `values`: field names of `ENTERED` to values, relations as rows.

    Raises ValidationError per field (R1 to R8), PermissionDenied. Sends `serious_event_recorded` when it is
    serious.
    """
    return _create(participant, values, status=EventStatus.RECORDED, by=by, at=at, reason=reason)


def save_draft(
    *, participant: Participant, values: Values, by: User, at: datetime, reason: str
) -> AdverseEvent:
    """Save an incomplete event; only the impossible is refused. It is in no report."""
    return _create(participant, values, status=EventStatus.DRAFT, by=by, at=at, reason=reason)


def change_draft(
    *, event: AdverseEvent, values: Values, seen_version: int, by: User, at: datetime, reason: str
) -> AdverseEvent:
    """Change a draft that stays one.

    Raises ValidationError for a recorded event, which would otherwise leave every count.
    """
    _refuse_recorded(event)
    return _change(event, values, EventStatus.DRAFT, seen_version=seen_version, by=by, at=at, reason=reason)


def complete_draft(
    *, event: AdverseEvent, values: Values, seen_version: int, by: User, at: datetime, reason: str
) -> AdverseEvent:
    """Make a draft a recorded event: from now on every rule applies.

    Raises ValidationError when it was recorded before.
    """
    _refuse_recorded(event)
    return _change(
        event, values, EventStatus.RECORDED, seen_version=seen_version, by=by, at=at, reason=reason
    )


def correct_adverse_event(
    *,
    event: AdverseEvent,
    values: Values,
    seen_version: int,
    by: User,
    at: datetime,
    reason: str,
    lowering: str = "",
) -> AdverseEvent:
    """Correct an event: a new version beside the old one, which stays readable; a signature on it is dropped.

    `seen_version` is the version that was read. `lowering` is the reason of a lower value: `error` corrects it; with
    `improved` the worst stays and the lower grade is stored as the present one. Raises ValidationError when a newer
    version exists, nothing differs, no reason is given, or a rule refuses.
    """
    return _change(
        event,
        values,
        event.status,
        seen_version=seen_version,
        lowering=lowering,
        by=by,
        at=at,
        reason=reason,
    )


def record_follow_up(
    *,
    event: AdverseEvent,
    values: Values,
    seen_version: int,
    by: User,
    at: datetime,
    reason: str,
    lowering: str = "",
) -> AdverseEvent:
    """Record the follow-up of an event: the fields of `FOLLOWED_UP`, and nothing else."""
    others = sorted(set(values) - set(FOLLOWED_UP))
    if others:
        sentence = _("%(field)s: not part of a follow-up; correct the event instead.")
        raise ValidationError({name: sentence % {"field": name} for name in others})
    return correct_adverse_event(
        event=event,
        values=values,
        seen_version=seen_version,
        lowering=lowering,
        by=by,
        at=at,
        reason=reason,
    )


@transaction.atomic
def sign_adverse_event(*, event: AdverseEvent, seen_version: int, by: User, at: datetime) -> AdverseEvent:
    """The investigator signs the version that was seen: what people entered of it, and the rows of its course.

    The signature is kept with the SHA-256 of that content and stays on the version; a later correction leaves the event
    itself unsigned, visibly.
    """
    row = locked_event(event, Action.SIGN_EVENT, by)
    _refuse_old_version(row, seen_version)
    if row.status != EventStatus.RECORDED or row.signed_at is not None:
        raise ValidationError(_("Signature: only a recorded event that is not signed yet can be signed."))
    row.signed_by, row.signed_at = by.get_full_name() or by.get_username(), at
    keep_version(row, by=by, at=at, reason=SIGNATURE)
    sign_record(
        record=row,
        version=row.version,
        content=content_to_sign(row),
        meaning=SignatureMeaning.RESPONSIBILITY,
        trial_id=row.trial_id,
        zone=row.zone,
        by=by,
        at=at,
    )
    return row


@transaction.atomic
def void_adverse_event(
    *, event: AdverseEvent, by: User, at: datetime, reason: str, seen_version: int | None = None
) -> AdverseEvent:
    """Exclude an event that should not exist from every count; the row stays, with its reason."""
    if not reason.strip():
        raise validation_error([reason_missing("void")], AdverseEvent)
    row = locked_event(event, Action.RECORD_EVENT, by)
    if seen_version is not None:
        _refuse_old_version(row, seen_version)
    before = news_facts(row)
    mark_void(row, reason=reason, at=at)
    with attributed(by=by, reason=reason, at=at):
        row.save()
    announce(row, before=before, at=at)
    return row


@transaction.atomic
def _create(
    participant: Participant, values: Values, *, status: str, by: User, at: datetime, reason: str
) -> AdverseEvent:
    require_here(Action.RECORD_EVENT, participant, by)
    _refuse_unknown(values)
    Participant.objects.select_for_update().get(pk=participant.pk)
    last = participant.adverse_events.aggregate(last=Max("number"))["last"] or 0
    row = AdverseEvent(
        trial_id=participant.trial_id, participant=participant, number=last + 1, status=status, **values
    )
    first_version(row, at=at)
    check_row(row, at)
    refuse_likely_duplicate(row)
    with attributed(by=by, reason=reason, at=at):
        row.save(force_insert=True)
    follow_event(row, old=None, by=by, at=at, reason=reason)
    announce(row, before=NewsFacts(), at=at)
    return row


@transaction.atomic
def _change(
    event: AdverseEvent,
    values: Values,
    status: str,
    *,
    seen_version: int,
    by: User,
    at: datetime,
    reason: str,
    lowering: str = "",
) -> AdverseEvent:
    row = locked_event(event, Action.RECORD_EVENT, by)
    _refuse_unknown(values)
    before = news_facts(row)
    old = entered_values(row) | {"status": row.status}
    course = row.course_state() if row.status == EventStatus.RECORDED else None
    lowered = lowered_fields(old, values) if row.status == EventStatus.RECORDED else ()
    refused = check_lowering(lowered=lowered, old=old, new=values, lowering=lowering)
    if not refused:
        values = at_its_worst(lowered=lowered, old=old, new=values, lowering=lowering)
    changed = changed_fields(old, {**values, "status": status})
    refused += check_correction(
        changed=changed, reason=reason, expected_version=seen_version, current_version=row.version
    )
    if refused:
        raise validation_error(refused, AdverseEvent)
    for name in changed:
        setattr(row, name, status if name == "status" else values[name])
    if "onset" in changed and "after_infusion" not in values:
        row.after_infusion = None
    row.signed_by, row.signed_at, row.lowered_because = "", None, lowering if lowered else ""
    check_row(row, at)
    if old["status"] != row.status:
        refuse_likely_duplicate(row)
    keep_version(row, by=by, at=at, reason=reason)
    follow_event(row, old=course, by=by, at=at, reason=reason)
    announce(row, before=before, at=at)
    return row


def _refuse_recorded(event: AdverseEvent) -> None:
    """A caller with an outdated draft is refused by its version."""
    if event.status != EventStatus.DRAFT:
        raise ValidationError(_("This event is recorded already; correct it instead."))


def _refuse_unknown(values: Values) -> None:
    unknown = sorted(set(values) - set(ENTERED))
    if unknown:
        sentence = _("%(field)s: not a field that is entered.")
        raise ValidationError({name: sentence % {"field": name} for name in unknown})


def _refuse_old_version(row: AdverseEvent, seen_version: int) -> None:
    refused = check_correction(
        changed=("signature",), reason=SIGNATURE, expected_version=seen_version, current_version=row.version
    )
    if refused:
        raise validation_error(refused, AdverseEvent)
