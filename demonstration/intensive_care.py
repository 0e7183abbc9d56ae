"""Synthetic days in intensive care: pure, from a seed.

Every number is invented: none is the paper's, in either arm.

Only the deaths and the discharges are the paper's; the rest of the demonstration uses them too.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from demonstration.people import SyntheticParticipant

LAST_DAY = 28
ORGANS = ("respiration", "coagulation", "liver", "cardiovascular", "cns", "renal")
MOST_POINTS = 4
CARDIOVASCULAR_POINTS_OF_A_VASOPRESSOR = 2  # SOFA: any vasopressor gives two or more
SHARE_WITHOUT_BLOOD_GAS = 0.04
DAYS_IN_ICU_AFTER_EXTUBATION = 3
DAYS_ON_THE_WARD = 6


@dataclass(frozen=True)
class Outline:
    """The limits of one stay, in study days; None: not within the 28 days."""

    extubated_day: int | None
    left_icu_day: int | None
    left_hospital_day: int | None
    death_day: int | None


def days_for(person: SyntheticParticipant, *, seed: int) -> Mapping[int, Mapping[str, Any]]:
    """The daily assessments, by field; days after intensive care have few values."""
    chance = random.Random(f"{seed}-{person.order}-stay")  # noqa: S311
    outline = _outline(chance, person)
    points = _points(chance, person.sofa)
    ratio = chance.uniform(95, 205)
    return dict(_days(chance, outline, points, ratio))


def _outline(chance: random.Random, person: SyntheticParticipant) -> Outline:
    if person.death_day is not None:
        return Outline(None, None, None, person.death_day)
    extubated = chance.choice([0, 0, 3, 5, 6, 8, 9, 11, 13, 16, 20, 24, None])
    if extubated is None:
        return Outline(None, None, None, None)
    left = extubated + DAYS_IN_ICU_AFTER_EXTUBATION + chance.randint(0, 3)
    home = left + DAYS_ON_THE_WARD + chance.randint(0, 5)
    return Outline(extubated, left if left <= LAST_DAY else None, home if home <= LAST_DAY else None, None)


def _points(chance: random.Random, total: int) -> dict[str, int]:
    """The organs' points on day 0: their sum is the SOFA score of the participant's stratum."""
    points = dict.fromkeys(ORGANS, 0)
    while sum(points.values()) < min(total, MOST_POINTS * len(ORGANS)):
        organ = chance.choice(ORGANS)
        points[organ] = min(MOST_POINTS, points[organ] + 1)
    return points


def _days(
    chance: random.Random, outline: Outline, points: dict[str, int], ratio: float
) -> Iterator[tuple[int, dict[str, Any]]]:
    last = LAST_DAY if outline.death_day is None else outline.death_day
    is_dying = outline.death_day is not None
    for day in range(last + 1):
        if outline.left_icu_day is not None and day >= outline.left_icu_day:
            yield from _after(day, outline)
            continue
        yield day, _in_icu(chance, day, outline, points, ratio)
        ratio = min(430.0, max(60.0, ratio + chance.uniform(-18, 12 if is_dying else 34)))
        points = _moved(chance, points, up=is_dying)


def _in_icu(
    chance: random.Random, day: int, outline: Outline, points: dict[str, int], ratio: float
) -> dict[str, Any]:
    is_ventilated = outline.extubated_day is None or day < outline.extubated_day
    fio2 = max(0.3, min(1.0, round(1.15 - ratio / 330, 2)))
    has_gas = day == 0 or chance.random() > SHARE_WITHOUT_BLOOD_GAS
    return {
        "pao2_mmhg": round(ratio * fio2) if has_gas else None,
        "fio2_fraction": fio2 if has_gas else None,
        "ventilation": "invasive" if is_ventilated else chance.choice(["high_flow", "oxygen"]),
        "peep_cmh2o": chance.choice([8, 10, 12]) if is_ventilated else None,
        **{f"sofa_{organ}": value for organ, value in points.items()},
        "vasopressor": points["cardiovascular"] >= CARDIOVASCULAR_POINTS_OF_A_VASOPRESSOR,
        "renal_replacement": points["renal"] == MOST_POINTS,
        "place": "icu",
    }


def _after(day: int, outline: Outline) -> Iterator[tuple[int, dict[str, Any]]]:
    """One entry at the end of intensive care, one at the end of the hospital stay, one call on day 28."""
    if day == outline.left_icu_day:
        yield day, {"place": "ward", "ventilation": "oxygen", "left_icu_day": day}
    elif day == outline.left_hospital_day:
        yield day, {"place": "discharged", "ventilation": "none", "left_hospital_day": day}
    elif day == LAST_DAY:
        yield day, {"alive": True}


def _moved(chance: random.Random, points: dict[str, int], *, up: bool) -> dict[str, int]:
    """One organ a point worse or better, more often in the direction of the course."""
    organ = chance.choice(ORGANS)
    step = 1 if chance.random() < (0.7 if up else 0.15) else -1
    return {**points, organ: min(MOST_POINTS, max(0, points[organ] + step))}
