"""Synthetic readings around one infusion, and the samples' antibodies: pure, from a seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from demonstration.people import SyntheticParticipant

CRITERION_REACHED_FROM_MINUTE = 90
"""When the one haemodynamic event of the demonstration begins, after the start of the infusion."""
RATE_DURING_EVENT_UG_MIN = 14.0
"""Norepinephrine base during that event: above START's 10 µg/min (Liu 2014, Table 1)."""
NEGATIVE_BELOW_MFI = 500
"""Below it a bead is negative under the shipped rule set (protocols/stroma-cov-2.toml)."""

DONOR_TYPING = {
    "D1": ("A*02:01", "A*24:02", "B*07:02", "B*44:02", "C*05:01", "C*07:02", "DRB1*04:01", "DRB1*15:01", "DQB1*06:02"),
    "D2": ("A*01:01", "A*03:01", "B*08:01", "B*35:01", "C*04:01", "C*07:01", "DRB1*03:01", "DRB1*11:01", "DQB1*02:01"),
}  # fmt: skip
"""Invented types of the two donors."""
THIRD_PARTY = (
    "A*11:01",
    "A*68:01",
    "B*15:01",
    "B*40:01",
    "B*51:01",
    "C*03:04",
    "DRB1*07:01",
    "DRB1*13:01",
    "DQB1*03:01",
)
"""Antigens of neither donor: reactivity to these is anti-HLA and not donor-specific."""
PANEL = tuple(sorted({*DONOR_TYPING["D1"], *DONOR_TYPING["D2"], *THIRD_PARTY}))
CLASS_II_LOCI = ("DRB1", "DQB1")


@dataclass(frozen=True)
class Numbers:
    """One reading, `minute` after the start of the infusion."""

    minute: int
    heart_rate_bpm: int
    sbp_mmhg: int
    dbp_mmhg: int
    map_mmhg: int
    spo2_percent: float
    fio2_fraction: float
    peep_cmh2o: float
    norepinephrine_ug_min: float | None


def readings_for(
    person: SyntheticParticipant, dose_number: int, minutes: Sequence[int], *, seed: int
) -> tuple[Numbers, ...]:
    """Steady readings of a ventilated participant; in the one event norepinephrine rises above the threshold."""
    chance = random.Random(f"{seed}-{person.order}-{dose_number}")  # noqa: S311
    has_event = person.has_haemodynamic_event and dose_number == 1
    rate = chance.choice([None, None, 2.0, 4.0, 6.0])
    rate = 6.0 if has_event else rate
    base = (chance.randint(70, 105), chance.randint(68, 86), round(chance.uniform(0.35, 0.7), 2))
    peep = float(chance.choice([8, 10, 12]))
    return tuple(_numbers(chance, minute, base, peep, rate, has_event=has_event) for minute in minutes)


def _numbers(
    chance: random.Random,
    minute: int,
    base: tuple[int, int, float],
    peep: float,
    rate: float | None,
    *,
    has_event: bool,
) -> Numbers:
    heart_rate, mean_pressure, fio2 = base
    in_event = has_event and CRITERION_REACHED_FROM_MINUTE <= minute <= CRITERION_REACHED_FROM_MINUTE + 150
    mean = mean_pressure + chance.randint(-4, 4) - (12 if in_event else 0)
    return Numbers(
        minute=minute,
        heart_rate_bpm=heart_rate + chance.randint(-5, 6) + (18 if in_event else 0),
        sbp_mmhg=mean + 40 + chance.randint(-4, 6),
        dbp_mmhg=mean - 18 + chance.randint(-3, 3),
        map_mmhg=mean,
        spo2_percent=float(chance.randint(92, 97)),
        fio2_fraction=fio2,
        peep_cmh2o=peep,
        norepinephrine_ug_min=RATE_DURING_EVENT_UG_MIN if in_event else rate,
    )


def antibodies_for(person: SyntheticParticipant, day: int, *, seed: int) -> dict[str, float]:
    """MFI per specificity of the whole panel at one sampling day; every participant gets the same panel."""
    chance = random.Random(f"{seed}-{person.order}-{day}")  # noqa: S311
    results = {name: float(chance.randint(0, NEGATIVE_BELOW_MFI - 120)) for name in PANEL}
    results.update(_reactivity(random.Random(f"{seed}-{person.order}"), person, day))  # noqa: S311
    return results


def _reactivity(chance: random.Random, person: SyntheticParticipant, day: int) -> dict[str, float]:
    kind = person.dsa
    if kind == "none" or (kind == "de_novo" and day == 0):
        return {}
    if kind == "anti_hla":
        return {name: _mfi(chance, 1200, 4200, day) for name in chance.sample(THIRD_PARTY, 2)}
    own = [name for name in DONOR_TYPING[person.doses[0].donor] if class_of(name) == "I"]
    target = chance.choice(own)
    if kind == "preformed_strong":
        return {target: _mfi(chance, 6200, 7000, day)}
    return {target: _mfi(chance, 1300, 4200, day)}


def _mfi(chance: random.Random, low: int, high: int, day: int) -> float:
    """About the same at each sampling: within the variation of one laboratory."""
    level = chance.randint(low, high)
    return round(level * (1.0 if day == 0 else 1.08), 1)


def class_of(specificity: str) -> str:
    """HLA class of an allele name of the panel."""
    return "II" if specificity.split("*", maxsplit=1)[0] in CLASS_II_LOCI else "I"
