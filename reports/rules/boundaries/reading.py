"""Conversion of the protocol's boundaries to designs."""

from __future__ import annotations

from functools import lru_cache

from partial_dates.refusals import gettext_noop
from reports.rules.boundaries.designs import Design, OneArmDesign, TwoArmDesign, looks_between
from reports.rules.boundaries.one_arm import BetaBinomialBoundary, OneArmRule
from reports.rules.boundaries.tuning import obrien_fleming, pocock
from reports.rules.boundaries.two_arms import TwoArmBoundary
from trials.rules.protocol import Boundary

STEPS_ABOVE_NULL = 5
WIDTH_OF_STEP = 0.05
"""Without rates in the protocol: the null rate and four steps of five points above it, as in stoppingrule's example."""


class UndesignedError(ValueError):
    """The protocol's boundary cannot be computed: one sentence with the reason, and its parameters."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message % params)
        self.message, self.params = message, params


@lru_cache(maxsize=256)
def design_of(boundary: Boundary, scale: tuple[int, ...]) -> Design:
    """The design of a protocol's boundary.

    `scale` are the protocol's looks, for a boundary without numbers of its own. Raises
    UndesignedError.
    """
    looks = _looks(boundary, scale)
    last = boundary.looks[-1] if boundary.looks else boundary.evaluable_at_most
    first = boundary.evaluable_at_least or 1
    is_continuous = boundary.checked == "continuously"
    if boundary.method == "two_arm":
        return TwoArmDesign(_two_arm(boundary), looks, is_continuous, last, first)
    return OneArmDesign(_one_arm(boundary, looks), looks, is_continuous, last, first)


def true_rates(boundary: Boundary) -> tuple[float, ...]:
    """The true rates for which the characteristics are printed."""
    if boundary.rates:
        return tuple(float(rate) for rate in boundary.rates)
    steps = (float(boundary.null_rate) + WIDTH_OF_STEP * step for step in range(STEPS_ABOVE_NULL))
    return tuple(round(rate, 4) for rate in steps if rate <= 1)


def _looks(boundary: Boundary, scale: tuple[int, ...]) -> tuple[int, ...]:
    if boundary.looks:
        return boundary.looks
    if boundary.evaluable_at_most:
        return looks_between(boundary.evaluable_at_least or 1, boundary.evaluable_at_most)
    return scale


def _one_arm(boundary: Boundary, looks: tuple[int, ...]) -> OneArmRule:
    if boundary.method == "beta_binomial":
        return _beta_binomial(boundary)
    if boundary.alpha is None or not looks:
        raise UndesignedError(
            gettext_noop("%(method)s needs alpha and looks."), method=boundary.method.replace("_", " ")
        )
    tune = pocock if boundary.method == "pocock" else obrien_fleming
    rule = tune(looks, null_rate=float(boundary.null_rate), alpha=float(boundary.alpha))
    if rule is None:
        raise UndesignedError(
            gettext_noop("no boundary at these looks keeps to alpha %(alpha)s."), alpha=boundary.alpha
        )
    return rule


def _beta_binomial(boundary: Boundary) -> BetaBinomialBoundary:
    prior = _prior(boundary)
    return BetaBinomialBoundary(float(boundary.null_rate), _threshold(boundary), *prior)


def _two_arm(boundary: Boundary) -> TwoArmBoundary:
    return TwoArmBoundary(float(boundary.delta or 0), _threshold(boundary), *_prior(boundary))


def _threshold(boundary: Boundary) -> float:
    if boundary.threshold is None:
        raise UndesignedError(gettext_noop("the protocol names no threshold."))
    return float(boundary.threshold)


def _prior(boundary: Boundary) -> tuple[float, float]:
    if boundary.prior_alpha is None or boundary.prior_beta is None:
        raise UndesignedError(gettext_noop("the protocol names no prior."))
    return float(boundary.prior_alpha), float(boundary.prior_beta)
