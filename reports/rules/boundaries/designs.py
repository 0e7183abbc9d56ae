"""A boundary as the protocol designs it: its looks, its prompts, its characteristics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reports.rules.boundaries.characteristics import Characteristics, characteristics
from reports.rules.boundaries.one_arm import OneArmRule
from reports.rules.boundaries.two_arms import TwoArmBoundary, two_arm_characteristics

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class StoppingRange:
    """From `first` up to and including `last` evaluable participants, `fewest` affected prompt."""

    first: int
    last: int
    fewest: int


@dataclass(frozen=True)
class Standing:
    """The state of a boundary: the compared counts, the evidence, and whether it prompts."""

    affected: int
    evaluable: int
    evidence: float
    prompts: bool


@dataclass(frozen=True)
class OneArmDesign:
    """A boundary of one arm.

    `looks` are the numbers of evaluable participants of the design, `is_continuous` whether it is checked at every one
    or at these only; `designed_for` is the last number that its error probabilities cover, None when the protocol sets
    none. Below `evaluable_at_least` nothing prompts.
    """

    rule: OneArmRule
    looks: tuple[int, ...]
    is_continuous: bool
    designed_for: int | None
    evaluable_at_least: int = 1

    @cached_property
    def prompts_at(self) -> dict[int, int | None]:
        """The smallest number affected that prompts, by look; None where not even all would."""
        return {look: self._fewest(look) for look in self.looks}

    def _fewest(self, look: int) -> int | None:
        return self.rule.prompts_at(look) if look >= self.evaluable_at_least else None

    def in_advance(self) -> tuple[StoppingRange, ...]:
        """The prompts at each look; adjacent numbers with the same answer are combined."""
        ranges: list[StoppingRange] = []
        for look, fewest in self.prompts_at.items():
            if fewest is None:
                continue
            last = ranges[-1] if ranges else None
            if last and self.is_continuous and (last.last, last.fewest) == (look - 1, fewest):
                ranges[-1] = StoppingRange(last.first, look, fewest)
            else:
                ranges.append(StoppingRange(look, look, fewest))
        return tuple(ranges)

    def characteristics(self, rate: float) -> Characteristics | None:
        """The characteristics at a true rate; None without a designed number of participants."""
        if self.designed_for is None:
            return None
        return characteristics(self.looks, self.prompts_at, rate)

    def standing(self, affected: Flags) -> Standing:
        """The state of an arm.

        `affected` is one flag per evaluable participant, in the order of their first treatment.

        When checked at looks, only the first participants of a look count for it, at whatever time their events became
        known, and a reached look stays reached: the last one that prompts is returned, else the last one.
        """
        if self.is_continuous:
            return self._at(affected, len(affected))
        reached = [self._at(affected, look) for look in self.looks if look <= len(affected)]
        prompting = [each for each in reached if each.prompts]
        return (prompting or reached or [self._before_first_look(affected)])[-1]

    def _at(self, affected: Flags, evaluable: int) -> Standing:
        count = int(affected[:evaluable].sum())
        prompts = evaluable >= max(1, self.evaluable_at_least) and self.rule.prompts(count, evaluable)
        return Standing(count, evaluable, self.rule.evidence(count, evaluable), prompts)

    def _before_first_look(self, affected: Flags) -> Standing:
        count = int(affected.sum())
        return Standing(count, len(affected), self.rule.evidence(count, len(affected)), False)


@dataclass(frozen=True)
class TwoArmDesign:
    """A comparison of two arms; `looks` are numbers of evaluable participants in each of them."""

    rule: TwoArmBoundary
    looks: tuple[int, ...]
    is_continuous: bool
    designed_for: int | None
    evaluable_at_least: int = 1

    def in_advance(self) -> tuple[tuple[int, tuple[tuple[int, int], ...]], ...]:
        """Per look: pairs of the smallest number affected that prompts, and the number in the other arm."""
        return tuple((look, self._pairs(look)) for look in self.looks if look >= self.evaluable_at_least)

    def _pairs(self, look: int) -> tuple[tuple[int, int], ...]:
        found = enumerate(self.rule.fewest_against(look))
        return tuple((fewest, other) for other, fewest in found if fewest is not None)

    def characteristics(self, rate: float, other_rate: float) -> Characteristics | None:
        """The characteristics at two true rates; None without a designed number of participants."""
        if self.designed_for is None:
            return None
        looks = [look for look in self.looks if look >= self.evaluable_at_least]
        return two_arm_characteristics(self.rule, looks, rate, other_rate)

    def standing(self, affected: Flags, other: Flags) -> tuple[Standing, Standing]:
        """The state of the arm against the other: its counts with evidence and verdict, and the other's counts."""
        if self.is_continuous:
            return self._at(affected, other)
        reached = [
            self._at(affected[:look], other[:look])
            for look in self.looks
            if look <= min(len(affected), len(other))
        ]
        prompting = [each for each in reached if each[0].prompts]
        return (prompting or reached or [self._at(affected[:0], other[:0])])[-1]

    def _at(self, affected: Flags, other: Flags) -> tuple[Standing, Standing]:
        counts = int(affected.sum()), len(affected), int(other.sum()), len(other)
        evidence = self.rule.posterior(*counts)
        enough = min(len(affected), len(other)) >= max(1, self.evaluable_at_least)
        prompts = enough and evidence > self.rule.threshold
        return Standing(counts[0], counts[1], evidence, prompts), Standing(counts[2], counts[3], 0.0, False)


Design = OneArmDesign | TwoArmDesign


def looks_between(first: int, last: int) -> tuple[int, ...]:
    """Every number from `first` to `last`, both included."""
    return tuple(range(first, last + 1))


def arm_pairs(letters: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The ordered pairs of coded arms, each against each."""
    return tuple((arm, other) for arm in letters for other in letters if arm != other)
