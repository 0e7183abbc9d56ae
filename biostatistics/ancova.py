"""Difference of means between arms, adjusted for baseline values and strata: analysis of covariance.

Ordinary least squares (Snedecor GW, Cochran WG. Statistical methods, 1967, ch. 14); limits either for
equal variances with t limits on the residual degrees of freedom, or, in small arms, by permutation of residuals (Freedman D,
Lane D. J Bus Econ Stat 1983;1:292-298).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from biostatistics.proportions import CONFIDENCE_LEVEL, Floats
from biostatistics.small_samples import TIE, orders

Codes = Sequence[str]

SAME_DIGITS = 12
"""Residuals equal to so many digits of the largest value are equal."""


class NotEstimableError(ValueError):
    """The data do not determine the difference: too few participants, or a stratum explains an arm completely."""


@dataclass(frozen=True)
class AdjustedDifference:
    """The arm's mean minus the reference's, in the outcome's unit, at equal baseline and strata.

    A permutation has no standard error: NaN.
    """

    estimate: float
    standard_error: float
    low: float
    high: float
    p_value: float
    residual_df: int
    participants: int
    reference_participants: int
    level: float
    method: Literal["ols", "permutation"]


@dataclass(frozen=True)
class _Fit:
    names: tuple[str, ...]
    coefficients: Floats
    residuals: Floats
    design: Floats
    inverse: Floats

    @property
    def residual_df(self) -> int:
        return len(self.residuals) - len(self.coefficients)


def ancova(
    outcome: Floats,
    arms: Codes,
    *,
    reference: str,
    baselines: Mapping[str, Floats],
    strata: Mapping[str, Codes],
    level: float = CONFIDENCE_LEVEL,
) -> dict[str, AdjustedDifference]:
    """Compare each arm with the reference, by arm. The standard errors assume equal variances.

    One entry per participant in each array, without missing values: the caller leaves out a participant with a missing
    value, or imputes it by a stated rule. Raises ValueError for a missing value or unequal lengths, NotEstimableError
    when no degree of freedom is left for the error, or when a column is a sum of others.
    """
    fit = _fitted(outcome, arms, reference, baselines, strata)
    spread = float(fit.residuals @ fit.residuals) / fit.residual_df
    return _differences(fit, spread * fit.inverse, arms, reference, level, "ols")


def permuted_ancova(
    outcome: Floats,
    arms: Codes,
    *,
    reference: str,
    baselines: Mapping[str, Floats],
    strata: Mapping[str, Codes],
    level: float = CONFIDENCE_LEVEL,
) -> dict[str, AdjustedDifference]:
    """As `ancova`, with limits and p-values by permutation of the residuals: for small arms.

    The limits are the smallest and the largest difference that the permutation test does not reject. An arm for which
    the test rejects no difference, however large, has no limits and is left out. Without covariates the test is exact.
    """
    fit = _fitted(outcome, arms, reference, baselines, strata)
    plain = _differences(fit, np.zeros_like(fit.inverse), arms, reference, level, "permutation")
    found = {}
    for column, arm in enumerate(fit.names, start=1):
        own, rest = fit.design[:, column], np.delete(fit.design, column, axis=1)
        p_value, low, high = _permuted(_left_over(outcome, rest), _left_over(own, rest), level)
        if np.isfinite(low) and np.isfinite(high):
            found[arm] = replace(plain[arm], standard_error=np.nan, p_value=p_value, low=low, high=high)
    return found


def _left_over(values: Floats, explained_by: Floats) -> Floats:
    """The residuals after the other columns. Rounded, so that equal participants have equal residuals."""
    solution = np.linalg.lstsq(explained_by, values, rcond=None)[0]
    left = (values - explained_by @ solution).astype(np.float64)
    size = float(np.abs(values).max(initial=0.0)) or 1.0
    return np.round(left / size, SAME_DIGITS) * size


def _permuted(outcome: Floats, own: Floats, level: float) -> tuple[float, float, float]:
    """Return the p-value of no difference, and the limits.

    Each order of the participants is at least as extreme as the observed one for an interval of differences x. An order
    with the sums a and b, for the observed a0 and d, is at least as extreme while |a - b x| >= |a0 - d x|: between (a0
    - a) / (d - b) and (a0 + a) / (d + b), for |b| < d; else for every x.
    """
    blocks = [(block @ outcome, block @ own) for block in orders(own)]
    a, b = (np.concatenate(column) for column in zip(*blocks, strict=True))
    observed, d = float(own @ outcome), float(own @ own)
    slack = TIE * float(np.abs(own) @ np.abs(outcome))
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.sort(np.vstack([(observed - a) / (d - b), (observed + a) / (d + b)]), axis=0)
    always = np.abs(b) >= d * (1 - TIE)
    lows, highs = np.where(always, -np.inf, ends[0]), np.where(always, np.inf, ends[1])
    place = int(np.floor((1 - level) * len(a) + TIE))
    p_value = float(np.mean(np.abs(a) >= abs(observed) - slack))
    return p_value, float(np.sort(lows)[place]), float(np.sort(highs)[::-1][place])


def _fitted(
    outcome: Floats, arms: Codes, reference: str, baselines: Mapping[str, Floats], strata: Mapping[str, Codes]
) -> _Fit:
    names, design = _design(len(outcome), arms, reference, baselines, strata)
    if not (np.isfinite(outcome).all() and np.isfinite(design).all()):
        raise ValueError("outcome, baselines: every value is recorded; impute or leave out before.")
    if len(outcome) <= design.shape[1]:
        raise NotEstimableError(
            f"{len(outcome)} participants are too few for {design.shape[1]} coefficients."
        )
    solution, _, rank, _ = np.linalg.lstsq(design, outcome, rcond=None)
    if rank < design.shape[1]:
        raise NotEstimableError("arms, strata, baselines: one of them is told by the others.")
    coefficients: Floats = solution.astype(np.float64)
    inverse = np.linalg.inv(design.T @ design).astype(np.float64)
    return _Fit(names, coefficients, outcome - design @ coefficients, design, inverse)


def _design(
    count: int, arms: Codes, reference: str, baselines: Mapping[str, Floats], strata: Mapping[str, Codes]
) -> tuple[tuple[str, ...], Floats]:
    """The design matrix: an intercept, each arm but the reference, the centred baselines, each level but the first."""
    lengths = [len(arms), *map(len, strata.values()), *map(len, baselines.values())]
    if any(length != count for length in lengths):
        raise ValueError("outcome: one value per participant, as many as arms, baselines and strata.")
    if reference not in arms:
        raise ValueError(f"reference {reference!r}: is none of the arms.")
    others = sorted(set(arms) - {reference})
    columns: list[NDArray[np.float64]] = [np.ones(count), *(_is(arms, arm) for arm in others)]
    columns += [np.asarray(values, dtype=float) - np.mean(values) for values in baselines.values()]
    for levels in strata.values():
        columns += [_is(levels, level) for level in sorted(set(levels))[1:]]
    return tuple(others), np.column_stack(columns)


def _is(codes: Codes, wanted: str) -> Floats:
    return np.array([code == wanted for code in codes], dtype=float)


def _differences(
    fit: _Fit,
    covariance: Floats,
    arms: Codes,
    reference: str,
    level: float,
    method: Literal["ols", "permutation"],
) -> dict[str, AdjustedDifference]:
    spread = float(stats.t.ppf(0.5 + level / 2, fit.residual_df))
    found = {}
    for column, arm in enumerate(fit.names, start=1):
        estimate, error = float(fit.coefficients[column]), float(np.sqrt(covariance[column, column]))
        found[arm] = AdjustedDifference(
            estimate=estimate,
            standard_error=error,
            low=estimate - spread * error,
            high=estimate + spread * error,
            p_value=_p_value(estimate, error, fit.residual_df),
            residual_df=fit.residual_df,
            participants=list(arms).count(arm),
            reference_participants=list(arms).count(reference),
            level=level,
            method=method,
        )
    return found


def _p_value(estimate: float, error: float, df: int) -> float:
    """Two-sided. A perfect fit leaves no error: any difference is then certain, no difference is none."""
    if error == 0:
        return 1.0 if estimate == 0 else 0.0
    return float(2 * stats.t.sf(abs(estimate) / error, df))
