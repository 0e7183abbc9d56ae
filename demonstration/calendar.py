"""Gives the synthetic participants dates: the last infusion begins an hour before the seeding.

Pure; `now` is given.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from demonstration.people import SyntheticParticipant

LAST_INFUSION_AGO = timedelta(minutes=50)
"""The time between the last infusion and the seeding: its checks are due during the demonstration."""
FOLLOW_UP_DAYS = 28
RECRUITING_DAYS = 200
"""From the first enrolment to the last one whose follow-up is over."""
DAYS_SINCE_RECENT_ENROLMENT = (20, 14)
"""Of those still on study but the very last: the second is due for the D14 sample today."""


@dataclass(frozen=True)
class Dated:
    """A participant with a code and a day 0."""

    person: SyntheticParticipant
    code: str
    day0: date
    zone: ZoneInfo

    def moment(self, day: int, minute: int) -> datetime:
        """A study day and a minute after midnight, in the trial's zone."""
        start = datetime.combine(self.day0 + timedelta(days=day), time(0), tzinfo=self.zone)
        return start + timedelta(minutes=minute)

    def dose_start(self, number: int) -> datetime:
        dose = self.person.doses[number - 1]
        return self.moment(dose.day, dose.start_minute)


def put_on_dates(
    people: Sequence[SyntheticParticipant], *, now: datetime, zone: ZoneInfo, seed: int
) -> tuple[Dated, ...]:
    """All participants in enrolment order.

    `now` is aware; the same people, time and seed give the same dates.
    """
    chance = random.Random(seed)  # noqa: S311  (a reproducible demonstration, nothing secret)
    start = (now - LAST_INFUSION_AGO).astimezone(zone)
    settled = [person for person in people if not person.is_recent]
    days_ago = sorted(
        (chance.randint(FOLLOW_UP_DAYS + 4, RECRUITING_DAYS) for _ in settled[1:]), reverse=True
    )
    days_ago = [RECRUITING_DAYS, *days_ago, *DAYS_SINCE_RECENT_ENROLMENT, 1]
    codes = _codes(people)
    dated = [
        Dated(person, code, start.date() - timedelta(days=ago), zone)
        for person, code, ago in zip(people, codes, days_ago, strict=True)
    ]
    return (*dated[:-1], _begun_just_now(dated[-1], start))


def _codes(people: Sequence[SyntheticParticipant]) -> list[str]:
    """Site and running number within the site: 07-012."""
    seen: dict[str, int] = {}
    codes = []
    for person in people:
        seen[person.site] = seen.get(person.site, 0) + 1
        codes.append(f"{person.site}-{seen[person.site]:03d}")
    return codes


def _begun_just_now(dated: Dated, start: datetime) -> Dated:
    """The very last participant: the first infusion began at `start`, at any hour of the day."""
    (dose,) = dated.person.doses
    minute = (start.hour * 60 + start.minute) // 5 * 5
    person = replace(dated.person, doses=(replace(dose, start_minute=minute),))
    return replace(dated, person=person, day0=start.date() - timedelta(days=dose.day))
