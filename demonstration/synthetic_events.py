"""Synthetic adverse events of one arm whose cross-tabulated totals equal the published ones: pure, from a seed.

Grade, severity and seriousness are assigned together from the worst down, so that no mild event has grade 3 and no
severe one grade 1; the terms are common in intensive care and have the grade in CTCAE v5.0.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demonstration.published_totals import EARLY, EARLY_DAYS, LATE, LATE_DAYS, EventTotals

TERMS_BY_GRADE: Mapping[int, tuple[str, ...]] = {
    1: (
        "Anemia", "Constipation", "Hyperglycemia", "Hypokalemia", "Hypophosphatemia", "Epistaxis", "Pleural effusion",
        "Alanine aminotransferase increased", "Sinus tachycardia", "Hypernatremia", "Platelet count decreased",
    ),
    2: (
        "Anemia", "Atrial fibrillation", "Constipation", "Delirium", "Urinary tract infection", "Lung infection",
        "Hypertension", "Catheter related infection", "Skin ulceration", "Thromboembolic event", "Pleural effusion",
    ),
    3: (
        "Lung infection", "Anemia", "Thromboembolic event", "Acute kidney injury", "Hypotension", "Sepsis",
        "Atrial fibrillation", "Delirium", "Catheter related infection", "Muscle weakness lower limb",
    ),
    4: ("Sepsis", "Acute kidney injury", "Respiratory failure", "Hypotension", "Pneumothorax", "Cardiac arrest"),
}  # fmt: skip
UNGRADED_TERMS = ("Pleural effusion", "Hyperglycemia")
POSSIBLY_RELATED_TERM = "Diarrhea"
"""The one event possibly related to the treatment was a non-serious diarrhoea (the paper)."""
POSSIBLE = "POSSIBLE"
SEVERE_GRADE = 3  # CTCAE: severe
SHARE_ONGOING, SHARE_WITH_TIME = 0.15, 0.7


@dataclass(frozen=True)
class StayDates:
    """The inputs of an event's dates."""

    first_dose_day: int
    death_day: int | None
    is_recent: bool
    has_just_begun: bool


@dataclass(frozen=True)
class SyntheticEvent:
    """One adverse event. `day` and `minute` are its start; `lasts_days` is None while it continues."""

    term: str
    window: str
    day: int
    minute: int
    lasts_days: int | None
    grade: int | None
    severity: str
    is_serious: bool
    causality: str
    time_known: bool


@dataclass(frozen=True)
class _Burden:
    severity: str
    grade: int | None


def synthetic_events(
    chance: random.Random, stays: Sequence[StayDates], totals: Mapping[str, EventTotals]
) -> list[tuple[SyntheticEvent, ...]]:
    """The events of every participant of one arm, in the order of `stays`; totals equal the published ones."""
    dealt: list[list[SyntheticEvent]] = [[] for _ in stays]
    for window, total in totals.items():
        able = [place for place, stay in enumerate(stays) if _can_have(stay, window)]
        for place, event in _deal(chance, able, stays, window, total):
            dealt[place].append(event)
    return [tuple(sorted(own, key=lambda one: (one.day, one.minute))) for own in dealt]


def _can_have(stay: StayDates, window: str) -> bool:
    return not stay.has_just_begun and not (stay.is_recent and window == LATE)


def _deal(
    chance: random.Random, able: list[int], stays: Sequence[StayDates], window: str, total: EventTotals
) -> list[tuple[int, SyntheticEvent]]:
    having = chance.sample(able, total.participants)
    serious_places = _serious_places(chance, having, total)
    places = _places(chance, having, serious_places, total)
    burdens = sorted(_burdens(total), key=_weight, reverse=True)
    causes = _causes(chance, total)
    return [
        (
            place,
            _happening(chance, stays[place], window, burden, cause, is_serious=rank < total.saes),
        )
        for rank, (place, burden, cause) in enumerate(
            zip([*serious_places, *places], _shuffled_tail(chance, burdens, total.saes), causes, strict=True)
        )
    ]


def _serious_places(chance: random.Random, having: list[int], total: EventTotals) -> list[int]:
    """The participants of the serious events: each of the chosen participants has one at least."""
    chosen = having[: total.participants_with_sae]
    return chosen + [chance.choice(chosen) for _ in range(total.saes - len(chosen))]


def _places(
    chance: random.Random, having: list[int], serious_places: list[int], total: EventTotals
) -> list[int]:
    """The participants of the other events: all without a serious one have one at least, the rest is random."""
    without = [place for place in having if place not in serious_places]
    rest = total.events - total.saes - len(without)
    return without + [chance.choice(having) for _ in range(rest)]


def _burdens(total: EventTotals) -> list[_Burden]:
    """Severity and grade paired from mildest to worst; unrecorded grades come before the worst ones."""
    severities = [severity for severity, count in total.severity.items() for _ in range(count)]
    grades: list[int | None] = [grade for grade, count in total.grade.items() for _ in range(count)]
    mild_to_moderate = sum(count for grade, count in total.grade.items() if grade < SEVERE_GRADE)
    grades[mild_to_moderate:mild_to_moderate] = [None] * (len(severities) - len(grades))
    return [_Burden(severity, grade) for severity, grade in zip(severities, grades, strict=True)]


def _weight(burden: _Burden) -> tuple[int, int]:
    return burden.grade or 2, ("MILD", "MODERATE", "SEVERE").index(burden.severity)


def _shuffled_tail(chance: random.Random, burdens: list[_Burden], serious: int) -> list[_Burden]:
    """The worst ones are the serious ones.

    The others in any order, the mildest in the last place but one for the diarrhoea.
    """
    tail = burdens[serious:-1]
    chance.shuffle(tail)
    return [*burdens[:serious], *tail, burdens[-1]]


def _causes(chance: random.Random, total: EventTotals) -> list[str]:
    """Causes in the order of the events: missing ones among the non-serious only, a possible one at the end."""
    given = [cause for cause, count in total.causality.items() if cause != POSSIBLE for _ in range(count)]
    possible = [POSSIBLE] * total.causality.get(POSSIBLE, 0)
    chance.shuffle(given)
    missing = [""] * (total.events - len(given) - len(possible))
    others = given[total.saes :] + missing
    chance.shuffle(others)
    return given[: total.saes] + others + possible


def _happening(
    chance: random.Random, stay: StayDates, window: str, burden: _Burden, cause: str, *, is_serious: bool
) -> SyntheticEvent:
    first, last = EARLY_DAYS if window == EARLY else LATE_DAYS
    if stay.is_recent:
        last = 12
    if stay.death_day is not None:
        last = min(last, stay.death_day - 1)
    day = chance.randint(max(first, stay.first_dose_day + 1), last)
    goes_on = chance.random() < SHARE_ONGOING
    return SyntheticEvent(
        term=_term(chance, burden, cause),
        window=window,
        day=day,
        minute=chance.randrange(0, 24 * 60, 5),
        lasts_days=None if goes_on else 1 + chance.randrange(1, 6),
        grade=burden.grade,
        severity=burden.severity,
        is_serious=is_serious,
        causality=cause,
        time_known=chance.random() < SHARE_WITH_TIME,
    )


def _term(chance: random.Random, burden: _Burden, cause: str) -> str:
    if cause == POSSIBLE:
        return POSSIBLY_RELATED_TERM
    return chance.choice(UNGRADED_TERMS if burden.grade is None else TERMS_BY_GRADE[burden.grade])
