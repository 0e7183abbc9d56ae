"""Safety boundaries: when the board is prompted, the design of a boundary, and the present states.

A boundary is for one arm's evaluable treated participants, or for two arms against each other. It is designed before
the first of them, and is a prompt, never a halt.
"""

from reports.rules.boundaries.characteristics import Characteristics, characteristics
from reports.rules.boundaries.designs import Design, OneArmDesign, StoppingRange, TwoArmDesign
from reports.rules.boundaries.one_arm import (
    BetaBinomialBoundary,
    OBrienFlemingBoundary,
    OneArmRule,
    PocockBoundary,
)
from reports.rules.boundaries.reading import UndesignedError, design_of, true_rates
from reports.rules.boundaries.states import BoundaryCounts, is_alert, states_of
from reports.rules.boundaries.tuning import obrien_fleming, pocock
from reports.rules.boundaries.two_arms import TwoArmBoundary, two_arm_characteristics

__all__ = [
    "BetaBinomialBoundary",
    "BoundaryCounts",
    "Characteristics",
    "Design",
    "OBrienFlemingBoundary",
    "OneArmDesign",
    "OneArmRule",
    "PocockBoundary",
    "StoppingRange",
    "TwoArmBoundary",
    "TwoArmDesign",
    "UndesignedError",
    "characteristics",
    "design_of",
    "is_alert",
    "obrien_fleming",
    "pocock",
    "states_of",
    "true_rates",
    "two_arm_characteristics",
]
