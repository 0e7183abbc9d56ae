"""The input of a set of tables besides the frames: the protocol, the coded arms that may be shown, and the last look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from trials.rules.protocol import Protocol

NO_ARM = "not recorded"
"""The column of participants in the trial without an allocation. Compared with no arm."""


@dataclass(frozen=True)
class CodedArm:
    """An arm as the closed report names it; the key from letter to arm is stored separately."""

    code: str
    is_reference: bool


@dataclass(frozen=True)
class TablePlan:
    """The plan of a report's tables.

    `arms` are the coded arms in the order of their columns, and empty for an open report. At most one is the reference,
    the second arm of its comparisons; with none there are no comparisons. `NO_ARM` may be the last.
    `previous_cutoff_at` is the data cut-off of the look before, None for the first; `previous_look` is its number.
    `data_cutoff_at` is the report's own, up to which participants were followed; None: unknown.
    """

    protocol: Protocol
    arms: tuple[CodedArm, ...] = ()
    previous_cutoff_at: datetime | None = None
    previous_look: int | None = None
    data_cutoff_at: datetime | None = None

    def __post_init__(self) -> None:
        codes = [arm.code for arm in self.arms]
        if len(set(codes)) != len(codes) or "total" in codes:
            raise ValueError(f"arms {codes}: codes are unique, and none of them is 'total'.")
        if sum(arm.is_reference for arm in self.arms) > 1:
            raise ValueError(f"arms {codes}: at most one is the reference.")
        if self.reference == NO_ARM:
            raise ValueError(f"arms {codes}: participants without an arm are compared with nobody.")

    @property
    def arm_codes(self) -> tuple[str, ...]:
        """The coded arms, in the order of the columns."""
        return tuple(arm.code for arm in self.arms)

    @property
    def reference(self) -> str | None:
        """The code of the reference arm, or None."""
        return next((arm.code for arm in self.arms if arm.is_reference), None)

    @property
    def is_open(self) -> bool:
        """Whether these tables show no arm at all."""
        return not self.arms

    def opened(self) -> TablePlan:
        """The same plan for the open report."""
        return replace(self, arms=())
