"""The protocol's plan for the board: safety boundaries, and when reports are made besides the looks."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

BoundaryMethod = Literal["beta_binomial", "pocock", "obrien_fleming", "two_arm"]
BoundaryMeasure = Literal["participants_with_related_sae", "participants_with_sae", "participants_died"]
Checked = Literal["continuously", "at_looks"]


@dataclass(frozen=True)
class Boundary:
    """A safety boundary for the board: a prompt, never a halt. Rates and probabilities are fractions.

    Numbers of evaluable participants are those treated in one arm. `threshold` and the prior belong to the Bayesian
    methods, `alpha` to the exact ones, `delta` to the comparison of two arms.
    """

    id: str
    label: str
    measure: BoundaryMeasure
    method: BoundaryMethod
    null_rate: Decimal
    threshold: Decimal | None
    prior_alpha: Decimal | None
    prior_beta: Decimal | None
    source: str
    alpha: Decimal | None = None
    delta: Decimal | None = None
    checked: Checked = "continuously"
    looks: tuple[int, ...] = ()
    evaluable_at_least: int | None = None
    evaluable_at_most: int | None = None
    rates: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class LookPlan:
    """The look at `enrolled` waits until the study day `wait_for_day` of that participant is over."""

    enrolled: int
    wait_for_day: int
    source: str


@dataclass(frozen=True)
class Schedule:
    """A monthly report, on `day_of_month` at `time` (HH:MM) in the trial's zone."""

    id: str
    label: str
    day_of_month: int
    time: str
    source: str


@dataclass(frozen=True)
class AdHocPlan:
    """The events that cause a report of their own."""

    on_boundary: bool
    on_death: bool
    source: str
