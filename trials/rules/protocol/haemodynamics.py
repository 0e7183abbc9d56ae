"""What a protocol says about the hours after an infusion: checks, criteria, plausible values."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Operator = Literal[">", ">="]
Semantics = Literal["rose_and_reached", "rose_by", "reached"]
Combinator = Literal["all", "any"]
Anchor = Literal["start", "end"]
CriterionKind = Literal["measurement", "event"]


@dataclass(frozen=True)
class PlannedCheck:
    """A check `minutes` after the anchor (negative: before), in time within the tolerance either way."""

    minutes: int
    tolerance_minutes: int


@dataclass(frozen=True)
class Condition:
    """One comparison of a measured variable, in `unit`, against `value`.

    `rose_and_reached`: above the baseline AND `operator value` holds for the level; `rose_by`: it holds for
    the difference from the baseline; `reached`: for the level alone. `operator` is ">" (above) or ">=" (at
    or above).
    """

    variable: str
    operator: Operator
    value: Decimal
    unit: str
    semantics: Semantics


@dataclass(frozen=True)
class Criterion:
    """A haemodynamic criterion: `conditions` joined by `combinator`, or any recorded one of `events`.

    Conditions are joined at one check. Applies from the anchor up to and including `window_hours` after it.
    """

    code: str
    label: str
    kind: CriterionKind
    window_hours: Decimal
    combinator: Combinator
    conditions: tuple[Condition, ...]
    events: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Plausibility:
    """Outside the hard limits a value is refused, outside the soft ones asked about; limits are allowed."""

    unit: str
    hard_low: Decimal
    hard_high: Decimal
    soft_low: Decimal | None
    soft_high: Decimal | None
    source: str


@dataclass(frozen=True)
class HaemodynamicPlan:
    """Checks after each infusion and what counts as a candidate finding; both ends of a window are closed."""

    rule_set: str
    window_hours: Decimal
    late_window_hours: Decimal
    anchor: Anchor
    checks: tuple[PlannedCheck, ...]
    criteria: tuple[Criterion, ...]
    plausibility: Mapping[str, Plausibility]
    source: str
    checks_source: str
