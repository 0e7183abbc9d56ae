"""The result of one criterion over one window."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from haemodynamics.rules.reasons import Reasons, text_of_reasons


class Status(StrEnum):
    """A hit is a candidate for a clinician, never an event by itself. Not evaluable is not "not met"."""

    HIT = "HIT"
    NOT_MET = "NOT_MET"
    NOT_EVALUABLE = "NOT_EVALUABLE"


@dataclass(frozen=True)
class Baseline:
    """The last value of a variable before the infusion; `value` as text in `unit`, "" when not comparable."""

    variable: str
    at: datetime
    value: str
    unit: str


@dataclass(frozen=True)
class CriterionResult:
    """One criterion over one window. `inputs` is JSON-able: thresholds, weight, and every value used.

    `is_undecided`: a recorded reading may be a hit, and `reasons` lists the facts that would decide it.
    """

    criterion: str
    label: str
    status: Status
    reasons: Reasons
    first_hit_at: datetime | None = None
    baseline: tuple[Baseline, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    checks_planned: int = 0
    checks_seen: int = 0
    is_undecided: bool = False

    @property
    def reason(self) -> str:
        """The unknown facts, in English."""
        return text_of_reasons(self.reasons)
