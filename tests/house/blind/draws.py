"""Several allocations of the same open data, drawn at random from a seed and alike in every run.

One total swap of the arms cannot show what is symmetric: who is in the same arm, a two-sided p-value, an
absolute difference, the size of the smaller arm. Each allocation here is drawn by itself, person by person. A
set of draws is used only if it is able to show such a leak: the sizes of the arms differ, everybody changes
the arm, and so does the company they are in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, count
from random import Random

from tests.full_fixture import ACTIVE, CONTROL

PEOPLE, IMPORTED = 7, 3
"""Participants who are enrolled in the fixture, and those who are read in from a study's files."""
SHORT, LONG = 3, 6
"""How many draws the short run compares, and the long one."""
NAMES = ("first", "second", "third", "fourth", "fifth", "sixth")


@dataclass(frozen=True)
class Draw:
    """One allocation.

    `arms` is by place of the participant, `imported` of those of the study's files; `backwards`: the letters of the
    arms were drawn the other way round; `extra`: how many more rows the closed room writes than in the draw that writes
    the fewest.
    """

    name: str
    arms: tuple[str, ...]
    imported: tuple[str, ...]
    backwards: bool
    extra: int

    def chance(self, subject: str) -> Random:
        """What else is drawn about a subject: the same each time, whatever is drawn before it."""
        return Random(f"{self.name}: {subject}")

    @property
    def everybody(self) -> tuple[str, ...]:
        return self.arms + self.imported

    @property
    def treated(self) -> int:
        """How many of the enrolled participants get cells."""
        return self.arms.count(ACTIVE)


@cache
def draws(seeds: int = 0) -> tuple[Draw, ...]:
    """The draws of the long run; the short run uses the first of them.

    The first set from the seed on that can show a leak.
    """
    return next(found for found in map(_drawn, count(seeds)) if can_show_a_leak(found))


def _drawn(seed: int) -> tuple[Draw, ...]:
    chance = Random(seed)
    return tuple(
        Draw(
            name,
            _arms(chance, PEOPLE),
            _arms(chance, IMPORTED),
            backwards=chance.random() < 0.5,
            extra=place % SHORT,
        )
        for place, name in enumerate(NAMES[:LONG])
    )


def _arms(chance: Random, people: int) -> tuple[str, ...]:
    return tuple(chance.choice((ACTIVE, CONTROL)) for _person in range(people))


def can_show_a_leak(drawn: Sequence[Draw]) -> bool:
    """Whether these draws differ in all that a symmetric leak could show.

    In the long run for every two people too.
    """
    both = all(set(one.arms) == set(one.imported) == {ACTIVE, CONTROL} for one in drawn)
    return both and _varies(drawn[:SHORT]) and _varies_for_every_pair(drawn)


def _varies(drawn: Sequence[Draw]) -> bool:
    """The size of the smaller arm never comes twice, with those read in or without.

    Letters were drawn both ways; everybody changes the arm.
    """
    return (
        all(_differ(map(smaller_arm, people)) for people in _groups(drawn))
        and len({one.backwards for one in drawn}) == 2
        and _varies_for_everybody(drawn)
    )


def _groups(drawn: Sequence[Draw]) -> Iterator[list[tuple[str, ...]]]:
    yield [one.arms for one in drawn]
    yield [one.everybody for one in drawn]


def smaller_arm(arms: Sequence[str]) -> int:
    return min(arms.count(ACTIVE), arms.count(CONTROL))


def _differ(values: Iterator[int]) -> bool:
    found = list(values)
    return len(set(found)) == len(found)


def _varies_for_everybody(drawn: Sequence[Draw]) -> bool:
    return all(len(set(arms)) == 2 for arms in zip(*(one.everybody for one in drawn), strict=True))


def _varies_for_every_pair(drawn: Sequence[Draw]) -> bool:
    """Any two are in the same arm in some draw and in different ones in another."""
    everybody = list(zip(*(one.everybody for one in drawn), strict=True))
    return all(
        len({one == other for one, other in zip(left, right, strict=True)}) == 2
        for left, right in combinations(everybody, 2)
    )
