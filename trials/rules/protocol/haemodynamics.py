"""The protocol's plan for the hours after an infusion: checks, criteria, plausible values."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Operator = Literal[">", ">=", "<", "<="]
Semantics = Literal[
    "increase_of",
    "increase_to",
    "increase_percent",
    "decrease_of",
    "decrease_to",
    "decrease_percent",
    "level",
]
Combinator = Literal["all", "any"]
Anchor = Literal["infusion_start", "infusion_end"]
CriterionKind = Literal[
    "vasopressor_rate", "vasopressor_count", "vital_signs", "respiratory", "rhythm", "outcome", "other"
]
WITH_PARTS = frozenset({"vital_signs", "respiratory"})
"""Kinds of criteria that compare measured variables, one per part."""


@dataclass(frozen=True)
class PlannedCheck:
    """A check `minutes` after the anchor (negative: before), on time within the tolerance either way."""

    minutes: int
    tolerance_minutes: int


@dataclass(frozen=True)
class CriterionPart:
    """One comparison of measured values: `variable`, in `unit` (or in percent of its baseline), against `value`."""

    variable: str
    operator: Operator
    value: Decimal
    unit: str
    semantics: Semantics


@dataclass(frozen=True)
class Criterion:
    """A haemodynamic criterion; what is compared depends on its kind.

    - `vasopressor_rate`: the rate of `agent`, in `unit`, against `value`;
    - `vasopressor_count`: the number of different agents running at once, in "agents";
    - `vital_signs`, `respiratory`: `parts` joined by `combinator`, for the kinds of `support` named (empty = any);
    - `rhythm`, `outcome`, `other`: any one of `rhythms` was recorded; nothing is measured.

    Semantics: `level` = `operator value` holds for the level, whatever the baseline was; `increase_to`,
    `decrease_to` = above (below) the baseline AND it holds for the level; `increase_of`, `decrease_of` = it holds for
    the rise (fall) from the baseline; `increase_percent`, `decrease_percent` = for the rise (fall) in % of it.
    `sustained_minutes`: two readings that meet it are at least this far apart, and every one between them meets it.
    Applies from the anchor up to and including `window_hours` after it.
    """

    id: str
    label: str
    kind: CriterionKind
    window_hours: Decimal
    source: str
    agent: str | None = None
    operator: Operator | None = None
    value: Decimal | None = None
    unit: str | None = None
    semantics: Semantics | None = None
    combinator: Combinator | None = None
    parts: tuple[CriterionPart, ...] = ()
    rhythms: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    sustained_minutes: int | None = None


@dataclass(frozen=True)
class Plausibility:
    """Outside the hard limits a value is refused, outside the soft ones it causes a question.

    Limits are allowed.
    """

    unit: str
    hard_low: Decimal
    hard_high: Decimal
    soft_low: Decimal | None
    soft_high: Decimal | None
    source: str


@dataclass(frozen=True)
class HaemodynamicPlan:
    """Checks after each infusion and the definition of a candidate finding; both ends of a window are closed.

    Events between `window_hours` and `late_window_hours` are displayed and are not findings of the window.
    """

    rule_set: str
    window_hours: Decimal
    late_window_hours: Decimal
    anchor: Anchor
    checks: tuple[PlannedCheck, ...]
    criteria: tuple[Criterion, ...]
    plausibility: Mapping[str, Plausibility]
    source: str
    checks_source: str
