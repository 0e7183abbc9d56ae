"""The input of the evaluation of one criterion, collected once per infusion and criterion."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from haemodynamics.rules.comparisons import CriterionAnswer
from haemodynamics.rules.readings import ObservedInfusion, Reading
from haemodynamics.rules.windows import Window
from trials.rules.protocol import Criterion


@dataclass(frozen=True)
class CriterionWindow:
    """A criterion, the window it applies to, and the readings before the infusion and within the window.

    `weights`: the recorded weight, or the possible ones (`possible.weights_of`).
    """

    criterion: Criterion
    infusion: ObservedInfusion
    window: Window
    before: Sequence[Reading]
    within: Sequence[Reading]
    weight_kg: Decimal | None
    weights: tuple[Decimal, ...]


@dataclass(frozen=True)
class Moment:
    """The answer at one time of the window."""

    at: datetime
    answer: CriterionAnswer
