"""Synthetic participants whose totals equal the published ones, made from a seed: pure, no database, no clock.

All times are relative: days since randomisation (day 0), minutes of the day in the trial's zone. `calendar` gives them
dates, `replay` enters them through the services.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from demonstration.published_totals import (
    BATCHES_OUT_OF_SPECIFICATION,
    DEATHS_BY_DAY,
    DONORS,
    PLACEBO,
    PUBLISHED_TOTALS,
    UC_MSC,
    VIABILITY_LIMIT_PERCENT,
    VIABILITY_PERCENT,
    ArmTotals,
)
from demonstration.synthetic_events import StayDates, SyntheticEvent, synthetic_events

SITE_CODES = tuple(f"{number:02d}" for number in range(1, 11))
SITE_WEIGHTS = (9, 7, 6, 5, 5, 4, 4, 3, 2, 2)
"""How many participants each site gives: unequal, as in life; sums to 47."""
RECENT_DOSES = {UC_MSC: (3,), PLACEBO: (3, 1)}
"""Infusions received so far by the participants who are still on study: nothing after D14 and no deaths among them."""
CELLS_CAP_MILLION = 80.0
"""At most per infusion, at 1 million cells/kg (the paper)."""


@dataclass(frozen=True)
class Dose:
    """One infusion: its number, study day, start (minutes after midnight) and duration (minutes)."""

    number: int
    day: int
    start_minute: int
    duration_minutes: int
    cells_million: float | None
    viability_percent: float | None
    meets_specification: bool
    donor: str


@dataclass(frozen=True)
class SyntheticParticipant:
    """One participant. `order` is the enrolment order, counted from 1."""

    order: int
    arm: str
    site: str
    sex: str
    age_years: int
    weight_kg: float
    sofa: int
    doses: tuple[Dose, ...] = ()
    events: tuple[SyntheticEvent, ...] = ()
    death_day: int | None = None
    dsa: str = "none"
    has_haemodynamic_event: bool = False
    is_recent: bool = False

    @property
    def is_treated(self) -> bool:
        return bool(self.doses)


def make_people(*, seed: int) -> tuple[SyntheticParticipant, ...]:
    """All 47 in enrolment order; the same seed gives the same people."""
    chance = random.Random(seed)  # noqa: S311  (a reproducible demonstration, nothing secret)
    arms = {arm: _make_arm(chance, arm, totals) for arm, totals in PUBLISHED_TOTALS.items()}
    ordered = _in_enrolment_order(chance, arms)
    sites = _sites(chance, len(ordered))
    return tuple(
        replace(person, order=order, site=site)
        for order, (person, site) in enumerate(zip(ordered, sites, strict=True), start=1)
    )


def _make_arm(chance: random.Random, arm: str, totals: ArmTotals) -> list[SyntheticParticipant]:
    treated = _with_doses(chance, [_make_person(chance, arm) for _ in range(totals.treated)], totals)
    treated = _with_deaths(chance, treated, totals.deaths)
    treated = _with_antibodies(chance, treated, totals)
    events = synthetic_events(chance, [_stay(person) for person in treated], totals.events)
    treated = [replace(person, events=own) for person, own in zip(treated, events, strict=True)]
    for index in chance.sample(_settled(treated), totals.haemodynamic_events):
        treated[index] = replace(treated[index], has_haemodynamic_event=True)
    return treated + [_make_person(chance, arm) for _ in range(totals.untreated)]


def _settled(people: Sequence[SyntheticParticipant]) -> list[int]:
    """The indices of those whose 28 days are over."""
    return [index for index, person in enumerate(people) if not person.is_recent]


def _stay(person: SyntheticParticipant) -> StayDates:
    return StayDates(
        first_dose_day=person.doses[0].day,
        death_day=person.death_day,
        is_recent=person.is_recent,
        has_just_begun=person.is_recent and len(person.doses) == 1,
    )


def _make_person(chance: random.Random, arm: str) -> SyntheticParticipant:
    return SyntheticParticipant(
        order=0,
        arm=arm,
        site="",
        sex=chance.choices(["M", "F"], [75, 25])[0],
        age_years=min(86, max(31, round(chance.gauss(63, 10)))),
        weight_kg=round(min(140.0, max(48.0, chance.gauss(84, 15))), 1),
        sofa=min(16, max(4, round(chance.gauss(9, 3)))),
    )


def _with_doses(
    chance: random.Random, people: Sequence[SyntheticParticipant], totals: ArmTotals
) -> list[SyntheticParticipant]:
    """Infusions by the published numbers received; the last indices are those who are still on study."""
    recent = RECENT_DOSES[people[0].arm]
    counts = [number for number, having in totals.infusions_received.items() for _ in range(having)]
    for count in recent:
        counts.remove(count)
    chance.shuffle(counts)
    dosed = [
        replace(person, doses=_doses(chance, person, count), is_recent=place >= len(counts))
        for place, (person, count) in enumerate(zip(people, [*counts, *recent], strict=True))
    ]
    return _with_batches_out_of_specification(chance, dosed)


def _with_batches_out_of_specification(
    chance: random.Random, people: list[SyntheticParticipant]
) -> list[SyntheticParticipant]:
    """Two cell batches were below their cell count and were given nevertheless, as in the paper."""
    if people[0].arm != UC_MSC:
        return people
    for index in chance.sample(_settled(people), BATCHES_OUT_OF_SPECIFICATION):
        first, *others = people[index].doses
        short = replace(
            first, cells_million=round((first.cells_million or 0.0) * 0.6, 1), meets_specification=False
        )
        people[index] = replace(people[index], doses=(short, *others))
    return people


def _doses(chance: random.Random, person: SyntheticParticipant, count: int) -> tuple[Dose, ...]:
    days = (1, 3 + chance.choice([-1, 0, 0, 1]), 5 + chance.choice([0, 0, 1]))
    return tuple(_dose(chance, person, number + 1, days[number]) for number in range(count))


def _dose(chance: random.Random, person: SyntheticParticipant, number: int, day: int) -> Dose:
    full = min(CELLS_CAP_MILLION, person.weight_kg)
    is_cells = person.arm == UC_MSC
    return Dose(
        number=number,
        day=day,
        start_minute=chance.randrange(9 * 60, 15 * 60, 5),
        duration_minutes=chance.randrange(60, 81, 5),
        cells_million=round(full * chance.uniform(0.97, 1.0), 1) if is_cells else None,
        viability_percent=_viability(chance) if is_cells else None,
        meets_specification=True,
        donor=chance.choice(DONORS) if is_cells else "",
    )


def _viability(chance: random.Random) -> float:
    mean, deviation = VIABILITY_PERCENT
    return round(min(93.0, max(VIABILITY_LIMIT_PERCENT + 0.5, chance.gauss(mean, deviation))), 1)


def _with_deaths(
    chance: random.Random, people: list[SyntheticParticipant], deaths: int
) -> list[SyntheticParticipant]:
    for index in chance.sample(_settled(people), deaths):
        people[index] = replace(people[index], death_day=chance.randrange(16, DEATHS_BY_DAY))
    return people


def _with_antibodies(
    chance: random.Random, people: list[SyntheticParticipant], totals: ArmTotals
) -> list[SyntheticParticipant]:
    able = _settled(people)
    kinds = ["preformed"] * totals.preformed_dsa + ["de_novo"] * totals.de_novo_dsa
    kinds += ["anti_hla"] * totals.preformed_anti_hla_only
    for index, kind in zip(chance.sample(able, len(kinds)), kinds, strict=True):
        people[index] = replace(people[index], dsa=kind)
    strong = next((index for index in able if people[index].dsa == "preformed"), None)
    if strong is not None:
        people[strong] = replace(people[strong], dsa="preformed_strong")
    return people


def _in_enrolment_order(
    chance: random.Random, arms: dict[str, list[SyntheticParticipant]]
) -> list[SyntheticParticipant]:
    """All mixed; those still on study last, and at the very end the one with a single infusion so far."""
    everybody = [person for people in arms.values() for person in people]
    earlier = [person for person in everybody if not person.is_recent]
    recent = sorted(
        (person for person in everybody if person.is_recent),
        key=lambda person: (len(person.doses) == 1, person.arm == PLACEBO),
    )
    chance.shuffle(earlier)
    return earlier + recent


def _sites(chance: random.Random, count: int) -> list[str]:
    sites = [site for site, weight in zip(SITE_CODES, SITE_WEIGHTS, strict=True) for _ in range(weight)]
    chance.shuffle(sites)
    return _with_last_at_first_site(sites[:count])


def _with_last_at_first_site(sites: list[str]) -> list[str]:
    """The recent participants are at site 01, where the demonstration's nurse and investigator work."""
    recent = sum(len(doses) for doses in RECENT_DOSES.values())
    for index in range(len(sites) - recent, len(sites)):
        if sites[index] != SITE_CODES[0]:
            other = sites.index(SITE_CODES[0])
            sites[index], sites[other] = sites[other], sites[index]
    return sites
