"""Enrolment: consecutive numbers, also under concurrent enrolments, and its signal."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, next_version
from partial_dates import local_date
from trials.choices import EnrolmentBasis, ParticipantStatus, TimePrecision
from trials.models import Participant, ProtocolVersion, Trial
from trials.rules.chronology import year_refusals
from trials.rules.enrolment import EnrolmentFacts, derived_strata, enrolment_refusals
from trials.rules.protocol import Protocol
from trials.services.entries import check_not_future
from trials.services.participants import lock_participant
from trials.signals import participant_enrolled
from webkit.refusals import raise_refusals


def enrol_participant(
    *,
    participant: Participant,
    enrolled_at: datetime,
    by: User,
    at: datetime,
    reason: str,
    enrolment_precision: str = TimePrecision.MINUTE,
    day0_date: date | None = None,
    strata: Mapping[str, str] | None = None,
) -> Participant:
    """Enrol a screened participant at the moment of the protocol's enrolment event.

    Sends `participant_enrolled`.

    The enrolment number is the next of the trial, without gap or duplicate, also under concurrency. Day 0 is the day of
    randomisation in the trial's zone: derived where the protocol enrols by randomisation, else `day0_date`.
    Where it enrols by the first infusion, start that infusion instead.
    Raises ValidationError (with the field) and PermissionDenied; then nothing is written.
    """
    require(
        by=by,
        action=Action.ENROL_PARTICIPANT,
        trial_code=participant.trial.code,
        site_code=participant.site.code,
    )
    with attributed(by=by, reason=reason, at=at):
        lock_numbers(participant.trial_id)
        row = lock_participant(participant)
        _check_moment(row, enrolled_at, at)
        protocol = ProtocolVersion.objects.protocol_of(
            trial_id=row.trial_id, on=local_date(enrolled_at, row.trial.timezone)
        )
        if protocol.enrolment_event == EnrolmentBasis.FIRST_INFUSION.value:
            message = _(
                "Enrolled at: this protocol enrols by the first infusion; start that infusion instead."
            )
            raise ValidationError({"enrolled_at": message})
        row.day0_date = _day0(row, protocol, enrolled_at, day0_date)
        row.strata = {**row.strata, **(strata or {})}
        return number_participant(row, protocol, moment=enrolled_at, precision=enrolment_precision, at=at)


def number_participant(
    row: Participant, protocol: Protocol, *, moment: datetime, precision: str, at: datetime
) -> Participant:
    """Give a locked participant the next enrolment number, in the caller's attributed transaction, numbers locked."""
    raise_refusals(enrolment_refusals(_facts(row, moment, precision), protocol), Participant)
    row.strata = {**derived_strata(protocol, {"age_years": row.age_years}), **row.strata}
    row.status = ParticipantStatus.ENROLLED
    row.enrolled_at, row.enrolment_precision = moment, precision
    row.enrolment_basis = protocol.enrolment_event
    row.enrolment_recorded_at = at
    row.enrolment_number = _next_number(row.trial_id)
    next_version(row, at=at)
    row.full_clean()
    row.save()
    participant_enrolled.send(sender=Participant, trial_id=row.trial_id)
    return row


def lock_numbers(trial_id: int) -> None:
    """Lock the trial's row until the commit: numbers are given one after another, and imports wait.

    Lock it before any participant's row, as imports do: the other order could deadlock.
    """
    Trial.objects.select_for_update(no_key=True).get(pk=trial_id)


def _check_moment(row: Participant, moment: datetime, at: datetime) -> None:
    """Refuse an impossible time before anything is derived from it."""
    raise_refusals(year_refusals({"enrolled_at": moment}), Participant)
    row.enrolled_at = moment
    check_not_future(row, {"enrolled_at": "enrolled_at"}, at=at, zone=row.trial.timezone)


def _next_number(trial_id: int) -> int:
    """The next enrolment number."""
    enrolled = Participant.objects.enrolled().filter(trial_id=trial_id)
    return (enrolled.aggregate(last=Max("enrolment_number"))["last"] or 0) + 1


def _day0(row: Participant, protocol: Protocol, moment: datetime, given: date | None) -> date | None:
    """The day of randomisation; where that is the enrolment, a different one is refused."""
    if protocol.enrolment_event != EnrolmentBasis.RANDOMISATION.value:
        return given or row.day0_date
    day = local_date(moment, row.trial.timezone)
    if given and given != day:
        message = _("Day 0: %(value)s is not the day of randomisation, %(day)s.")
        raise ValidationError({"day0_date": ValidationError(message, params={"value": given, "day": day})})
    return day


def _facts(row: Participant, moment: datetime, precision: str) -> EnrolmentFacts:
    return EnrolmentFacts(
        status=row.status,
        moment=moment,
        precision=precision,
        screened_date=row.screened_date,
        consented_at=row.consented_at,
        has_died=row.has_died,
    )
