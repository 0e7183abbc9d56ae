"""The counted participants, and their columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.frames import Frames
from reports.tables.plan import NO_ARM, TablePlan

Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]

TOTAL = "total"


@dataclass(frozen=True)
class Population:
    """The participants by position: column of the arm, enrolled, treated.

    `arm_index` is the position of the arm among `arms`. A participant without a coded arm who was enrolled or treated
    has that of `NO_ARM` where the plan has this column; others have `len(arms)` and count in the total only. `treated` is
    the safety population: the flag as given, else at least one infusion or dose.
    """

    arms: tuple[str, ...]
    reference: str | None
    participants: pd.Index
    arm_index: Integers
    enrolled: Flags
    treated: Flags
    _places: dict[int, tuple[pd.Index, Integers]] = field(default_factory=dict, compare=False, repr=False)
    """The cached positions of a frame's participants among ours, by the identity of the frame's column."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a table: the arms, then the total."""
        return (*self.arms, TOTAL)

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The compared arms, by their positions: every pair, none without a reference.

        Which letter is the control's is in the key: with pairs of the last letter only, the pair that matters might be
        missing.
        """
        if self.reference is None:
            return ()
        coded = [place for place, arm in enumerate(self.arms) if arm != NO_ARM]
        base = self.arms.index(self.reference)
        others = [place for place in coded if place != base]
        return (*((place, base) for place in others), *combinations(others, 2))

    def count(self, chosen: Flags) -> Integers:
        """The participants chosen, per column."""
        return self.count_at(self.arm_index[chosen])

    def count_at(self, arm_positions: Integers) -> Integers:
        """The number of arm positions, per column; the last is their number altogether."""
        slots = np.bincount(arm_positions, minlength=len(self.arms) + 1)
        slots[-1] = len(arm_positions)
        return slots.astype(np.int64)

    def count_by(self, groups: Integers, arm_positions: Integers, *, group_count: int) -> Integers:
        """Rows x columns: how often each group occurs with each arm; the last column is the total."""
        width = len(self.arms) + 1
        flat = np.bincount(groups * width + arm_positions, minlength=group_count * width)
        table = flat.reshape(group_count, width).astype(np.int64)
        table[:, -1] = table.sum(axis=1)
        return table

    def positions(self, frame: pd.DataFrame) -> Integers:
        """The position of each row's participant among the participants."""
        words = frame["participant"].cat.categories
        if id(words) not in self._places:
            self._places[id(words)] = (words, self.participants.get_indexer(words))
        return self._places[id(words)][1][frame["participant"].cat.codes.to_numpy()]

    def seen(self, positions: Integers) -> Flags:
        """Which participants occur at least once among the positions."""
        found = np.zeros(len(self.participants), dtype=bool)
        found[positions] = True
        return found


def population_of(frames: Frames, plan: TablePlan) -> Population:
    """The population of the participants' frame, in the columns of the plan."""
    what = ("population", plan.arm_codes, plan.reference)
    return frames.once(what, lambda: _population_of(frames, plan))


def _population_of(frames: Frames, plan: TablePlan) -> Population:
    people = frames.participants
    arms = pd.Index(list(plan.arm_codes), dtype="object")
    found = arms.get_indexer(people["arm"].cat.categories)
    codes = people["arm"].cat.codes.to_numpy()
    index = np.append(found, -1)[codes]
    enrolled, treated = people["enrolled_at"].notna().to_numpy(), _treated(people)
    without = plan.arm_codes.index(NO_ARM) if NO_ARM in plan.arm_codes else len(arms)
    other = np.where(enrolled | treated, without, len(arms))
    return Population(
        arms=plan.arm_codes,
        reference=plan.reference,
        participants=pd.Index(people["participant"].astype("object")),
        arm_index=np.where(index < 0, other, index).astype(np.int64),
        enrolled=enrolled,
        treated=treated,
    )


def is_anybody_without_arm(frames: Frames) -> bool:
    """Whether any enrolled or treated participant has no coded arm."""
    people = frames.participants
    return bool(((people["enrolled_at"].notna().to_numpy() | _treated(people)) & ~known(people["arm"])).any())


def _treated(people: pd.DataFrame) -> Flags:
    return flags(people["safety_population"].fillna(people["treated"]))


def flags(series: pd.Series) -> Flags:
    """Where a flag is yes; no and unknown alike are not yes."""
    return series.to_numpy(dtype=bool, na_value=False)


def known(series: pd.Series) -> Flags:
    """Where a value is recorded."""
    return series.notna().to_numpy()
