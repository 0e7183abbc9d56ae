"""Questions about days in intensive care."""

from collections.abc import Mapping, Sequence
from datetime import date

from assessments.choices import Place
from assessments.models import DailyAssessment
from assessments.rules import Stay
from partial_dates import local_date
from trials.models import Participant
from trials.rules.course_bounds import death_span


def stays_of(*, participants: Sequence[Participant], today: date) -> Mapping[int, Stay]:
    """The recorded facts of each participant's stay, by id; only of those with a day 0. One query."""
    begun = {person.pk: person for person in participants if person.day0_date is not None}
    rows = DailyAssessment.objects.standing().filter(participant__in=begun)
    found: dict[int, list[tuple[date, str, date | None, date | None]]] = {pk: [] for pk in begun}
    columns = ("participant_id", "assessed_date", "place", "left_icu_date", "left_hospital_date")
    for participant_id, *row in rows.values_list(*columns):
        found[participant_id].append(tuple(row))
    return {pk: _stay(person, found[pk], today) for pk, person in begun.items()}


def _stay(
    person: Participant, rows: Sequence[tuple[date, str, date | None, date | None]], today: date
) -> Stay:
    assert person.day0_date is not None
    day0, zone = person.day0_date, person.trial.timezone
    left = [one for _, _, *dated in rows for one in dated if one is not None]
    left += [day for day, place, *_ in rows if place in (Place.WARD, Place.DISCHARGED)]
    died = death_span(person.course_dates())
    death = local_date(died.latest, zone) if died and died.latest else None
    return Stay(
        recorded=frozenset((day - day0).days for day, *_ in rows),
        left_day=min(((one - day0).days for one in left), default=None),
        death_day=(death - day0).days if death else None,
        today=(today - day0).days,
    )
