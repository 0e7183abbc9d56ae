"""The time from which a look is due: from rows and their trail only, the same whenever it is computed."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Q

from audit.models import Entry
from partial_dates import local_date
from reports.rules.looks import matures_at
from trials.choices import ParticipantStatus
from trials.models import Participant, Trial
from trials.rules.protocol import Protocol


def cutoff_of_look(*, trial_id: int, look: int) -> datetime | None:
    """The time at which the enrolment of that number was recorded; None while fewer are enrolled.

    An enrolment of a lower number may be recorded a little later (two concurrent entries): the look waits for it.
    """
    enrolled = Participant.objects.filter(trial_id=trial_id, enrolment_number__lte=look)
    recorded = enrolled.values_list("enrolment_recorded_at", flat=True)
    moments = [moment for moment in recorded if moment is not None]
    return max(moments) if len(moments) >= look else None


def maturity_of_looks(*, trial: Trial, protocol: Protocol, looks: Collection[int]) -> Mapping[int, datetime]:
    """When each of the looks is mature, for those with a maturity rule and an enrolled participant."""
    waits = {look: protocol.wait_for_day(look) for look in looks}
    waiting = {look: day for look, day in waits.items() if day is not None}
    people = Participant.objects.filter(trial=trial, enrolment_number__in=waiting)
    return {
        person.enrolment_number: _maturity(trial, person, waiting[person.enrolment_number])
        for person in people
        if person.enrolment_number is not None
    }


def recorded_deaths(*, trial_id: int) -> Mapping[int, datetime]:
    """The dead, and when each death was first recorded. Two queries."""
    died = Participant.objects.filter(trial_id=trial_id, has_died=True).values_list("pk", flat=True)
    return _first_recorded(list(died), Q(new__has_died=True))


def _maturity(trial: Trial, person: Participant, wait_for_day: int) -> datetime:
    number = person.enrolment_number or 0
    reached_at = cutoff_of_look(trial_id=trial.pk, look=number) or person.enrolment_recorded_at
    enrolled_at = person.enrolled_at
    if reached_at is None or enrolled_at is None:
        raise ValueError(f"participant {person.pk}: enrolled without a moment of enrolment.")
    return matures_at(
        reached_at=reached_at,
        day0=person.day0_date or local_date(enrolled_at, trial.timezone),
        wait_for_day=wait_for_day,
        left_at=_left_at(person),
        zone=trial.timezone,
    )


def _left_at(person: Participant) -> datetime | None:
    """When death or withdrawal of the participant was recorded; None without either."""
    if not person.has_died and person.status != ParticipantStatus.WITHDRAWN:
        return None
    left = Q(new__has_died=True) | Q(new__status=ParticipantStatus.WITHDRAWN)
    return _first_recorded([person.pk], left).get(person.pk)


def _first_recorded(participants: Collection[int], what: Q) -> Mapping[int, datetime]:
    """The time of the first entry of the trail with this content, by participant."""
    entries = Entry.objects.filter(table_name=Participant._meta.db_table, row_id__in=participants).filter(
        what
    )
    return dict(entries.order_by("row_id", "id").distinct("row_id").values_list("row_id", "at"))
