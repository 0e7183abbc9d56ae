"""Infusions: start, end, interruption, whole records, corrections, voiding.

The product in the bag is not here.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, first_version, mark_void, next_version
from partial_dates import local_date
from trials.choices import EnrolmentBasis, InfusionStatus, ParticipantStatus, TimePrecision
from trials.models import Infusion, Participant, ProtocolVersion
from trials.services.enrolment import lock_numbers, number_participant
from trials.services.entries import check_correctable, check_not_future, check_seen
from trials.services.participants import lock_participant
from trials.signals import infusion_changed, participant_changed

CORRECTABLE = frozenset(
    {
        "number",
        "status",
        "not_given_reason",
        "started_at",
        "start_precision",
        "ended_at",
        "end_precision",
        "interrupted",
        "interruption_reason",
        "interrupted_at",
        "resumed_at",
        "volume_ml",
        "kit_number",
    }
)
HAPPENED = {name: name for name in ("started_at", "ended_at", "interrupted_at", "resumed_at")}


def start_infusion(
    *,
    participant: Participant,
    number: int,
    started_at: datetime,
    by: User,
    at: datetime,
    reason: str,
    kit_number: str = "",
) -> Infusion:
    """Record that an infusion has begun; `end_infusion` records the end.

    Where the protocol enrols by the first infusion, the first one enrols the participant.
    """
    values = {"number": number, "started_at": started_at, "kit_number": kit_number}
    return _record(participant, values, by=by, at=at, reason=reason)


def record_infusion(
    *,
    participant: Participant,
    number: int,
    started_at: datetime,
    by: User,
    at: datetime,
    reason: str,
    ended_at: datetime | None = None,
    start_precision: str = TimePrecision.MINUTE,
    end_precision: str = TimePrecision.MINUTE,
    interrupted: bool | None = None,
    interruption_reason: str = "",
    interrupted_at: datetime | None = None,
    resumed_at: datetime | None = None,
    volume_ml: Decimal | None = None,
    kit_number: str = "",
) -> Infusion:
    """Record a whole infusion afterwards; unknown values stay None."""
    values = {
        "number": number,
        "started_at": started_at,
        "start_precision": start_precision,
        "ended_at": ended_at,
        "end_precision": end_precision,
        "interrupted": interrupted,
        "interruption_reason": interruption_reason,
        "interrupted_at": interrupted_at,
        "resumed_at": resumed_at,
        "volume_ml": volume_ml,
        "kit_number": kit_number,
    }
    return _record(participant, values, by=by, at=at, reason=reason)


def record_infusion_not_given(
    *, participant: Participant, number: int, not_given_reason: str, by: User, at: datetime, reason: str
) -> Infusion:
    """Record that a planned infusion was not given, and why."""
    values = {
        "number": number,
        "status": InfusionStatus.NOT_GIVEN,
        "not_given_reason": not_given_reason,
    }
    return _record(participant, values, by=by, at=at, reason=reason)


def end_infusion(
    *,
    infusion: Infusion,
    ended_at: datetime,
    by: User,
    at: datetime,
    reason: str,
    volume_ml: Decimal | None = None,
    interrupted: bool | None = None,
    interruption_reason: str = "",
    interrupted_at: datetime | None = None,
    resumed_at: datetime | None = None,
) -> Infusion:
    """Record the end of a running infusion; also the volume given and the interruption, when known.

    Values left out stay as recorded: an interruption noted during the infusion is not undone.
    """
    values: dict[str, Any] = {"ended_at": ended_at}
    if volume_ml is not None:
        values["volume_ml"] = volume_ml
    if interrupted is not None:
        values |= {"interrupted": interrupted, "interruption_reason": interruption_reason}
    if interrupted is False:
        values |= {"interrupted_at": None, "resumed_at": None}
    values |= _known(interrupted_at=interrupted_at, resumed_at=resumed_at)
    return _change(infusion, values, by=by, at=at, reason=reason, verb=_refuse_ended)


def interrupt_infusion(
    *,
    infusion: Infusion,
    interruption_reason: str,
    by: User,
    at: datetime,
    reason: str,
    interrupted_at: datetime | None = None,
    resumed_at: datetime | None = None,
) -> Infusion:
    """Record that an infusion was interrupted, why, and from when to when; it may not have been resumed.

    A time that is left out is not known. Of several interruptions the beginning of the first and the end of the last
    are recorded.
    """
    if not interruption_reason.strip():
        raise ValidationError({"interruption_reason": _("Why interrupted: say why.")})
    values = {
        "interrupted": True,
        "interruption_reason": interruption_reason,
        **_known(interrupted_at=interrupted_at, resumed_at=resumed_at),
    }
    return _change(infusion, values, by=by, at=at, reason=reason, verb=_refuse_not_given)


def _known(**values: datetime | None) -> dict[str, Any]:
    """The given values; one left out stays as recorded."""
    return {name: value for name, value in values.items() if value is not None}


def correct_infusion(
    *,
    infusion: Infusion,
    changes: Mapping[str, Any],
    by: User,
    at: datetime,
    reason: str,
    seen_version: int | None = None,
) -> Infusion:
    """Change recorded fields (see `CORRECTABLE`); the version before stays in the trail.

    `seen_version`: the version that the change was made from; when the record has changed since, it is refused.
    """
    check_correctable(changes, CORRECTABLE)
    return _change(
        infusion, changes, by=by, at=at, reason=reason, verb=lambda row: check_seen(row, seen_version)
    )


def void_infusion(*, infusion: Infusion, by: User, at: datetime, reason: str) -> Infusion:
    """Exclude an infusion that was recorded by mistake from every count; the row stays."""
    _require(infusion.participant, by)
    with attributed(by=by, reason=reason, at=at):
        row = _lock(infusion)
        mark_void(row, reason=reason, at=at)
        row.save()
        infusion_changed.send(sender=Infusion, infusion_id=row.pk, trial_id=row.trial_id)
    return row


def _record(
    participant: Participant, values: Mapping[str, Any], *, by: User, at: datetime, reason: str
) -> Infusion:
    _require(participant, by)
    with attributed(by=by, reason=reason, at=at):
        if (
            participant.status == ParticipantStatus.SCREENED
        ):  # no screening follows, so this may enrol the participant
            lock_numbers(participant.trial_id)
        recipient = lock_participant(participant)
        infusion = Infusion(trial_id=recipient.trial_id, participant=recipient, **values)
        check_not_future(infusion, HAPPENED, at=at, zone=recipient.trial.timezone)
        _enrol_by_infusion(recipient, infusion, at)
        first_version(infusion, at=at)
        infusion.full_clean()
        infusion.save()
        infusion_changed.send(sender=Infusion, infusion_id=infusion.pk, trial_id=infusion.trial_id)
    return infusion


def _enrol_by_infusion(recipient: Participant, infusion: Infusion, at: datetime) -> None:
    """Where the protocol enrols by the first infusion, the first one given enrols."""
    first = infusion.number == 1 and infusion.started_at is not None
    if not first or recipient.status != ParticipantStatus.SCREENED or infusion.started_at is None:
        return
    day = local_date(infusion.started_at, recipient.trial.timezone)
    protocol = ProtocolVersion.objects.protocol_of(trial_id=recipient.trial_id, on=day)
    if protocol.enrolment_event != EnrolmentBasis.FIRST_INFUSION.value:
        return
    recipient.day0_date = recipient.day0_date or day
    number_participant(
        recipient, protocol, moment=infusion.started_at, precision=infusion.start_precision, at=at
    )


def _move_enrolment(row: Infusion, began: datetime | None, at: datetime) -> None:
    """Where the first infusion enrolled, the enrolment moves with its corrected start, and day 0 if it was that day."""
    person = row.participant
    if began is None or row.started_at is None or row.started_at == began or row.number != 1:
        return
    if person.enrolment_basis != EnrolmentBasis.FIRST_INFUSION or person.enrolled_at != began:
        return
    zone = row.trial.timezone
    if person.day0_date == local_date(began, zone):
        person.day0_date = local_date(row.started_at, zone)
    person.enrolled_at, person.enrolment_precision = row.started_at, row.start_precision
    next_version(person, at=at)
    person.full_clean()
    person.save()
    participant_changed.send(sender=Participant, participant_id=person.pk, trial_id=person.trial_id)


def _change(
    infusion: Infusion,
    values: Mapping[str, Any],
    *,
    by: User,
    at: datetime,
    reason: str,
    verb: Callable[[Infusion], None],
) -> Infusion:
    _require(infusion.participant, by)
    with attributed(by=by, reason=reason, at=at):
        lock_participant(infusion.participant)
        row = _lock(infusion)
        _refuse_void(row)
        verb(row)
        began = row.started_at
        for name, value in values.items():
            setattr(row, name, value)
        check_not_future(row, HAPPENED, at=at, zone=row.trial.timezone)
        _move_enrolment(row, began, at)
        next_version(row, at=at)
        row.full_clean()
        row.save()
        infusion_changed.send(sender=Infusion, infusion_id=row.pk, trial_id=row.trial_id)
    return row


def _lock(infusion: Infusion) -> Infusion:
    rows = Infusion.objects.select_related("participant__trial", "participant__site", "trial")
    return rows.select_for_update(of=("self",)).get(pk=infusion.pk)


def _require(participant: Participant, by: User) -> None:
    require(
        by=by,
        action=Action.RECORD_INFUSION,
        trial_code=participant.trial.code,
        site_code=participant.site.code,
    )


def _refuse_void(row: Infusion) -> None:
    if row.voided_at is not None:
        raise ValidationError(_("This infusion was voided; record it anew instead of changing it."))


def _refuse_not_given(row: Infusion) -> None:
    if row.status != InfusionStatus.GIVEN:
        raise ValidationError({"status": _("Status: this infusion was not given.")})


def _refuse_ended(row: Infusion) -> None:
    _refuse_not_given(row)
    if row.ended_at is not None:
        raise ValidationError({"ended_at": _("Ended at: the end is recorded already; correct it instead.")})
