"""One arm against a rate of the protocol: three shapes of boundary.

Each has the evidence for `affected` of `evaluable`, and the number affected from which it prompts. All three prompt
from some number upwards: more affected of as many is never weaker evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Floats = NDArray[np.float64]
RELATIVE_TOLERANCE = 1e-9
"""Two tail probabilities nearer than this are the same one, computed on two ways."""
DECIMALS_OF_EXCESS = 9
"""An excess of events is a multiple of 0.0001 or more (rates have few decimals): the rest is rounding error."""


class OneArmRule(Protocol):
    """The interface of every boundary of one arm."""

    def evidence(self, affected: int, evaluable: int) -> float:
        """The figure that is compared. Raises ValueError unless 0 <= affected <= evaluable."""
        ...

    def prompts(self, affected: int, evaluable: int) -> bool:
        """Whether that many affected of that many evaluable prompt the board."""
        ...

    def prompts_at(self, evaluable: int) -> int | None:
        """The smallest number affected that prompts among `evaluable`; None when not even all would."""
        ...


@dataclass(frozen=True)
class BetaBinomialBoundary:
    """Prompt when Pr(rate > `null_rate` | data) is above `threshold`; rates and probabilities are fractions.

    Thall PF, Simon R. Biometrics 1994;50:337-349; Geller NL et al., beta-binomial monitoring of toxicity. With a
    Beta(alpha, beta) prior and x of n participants affected, the rate is above the null rate with probability
    1 - I(null rate; alpha + x, beta + n - x).
    """

    null_rate: float
    threshold: float
    prior_alpha: float
    prior_beta: float

    def posterior(self, affected: int, evaluable: int) -> float:
        """The probability that the true rate is above the null rate, given `affected` of `evaluable`.

        Raises ValueError unless 0 <= affected <= evaluable.
        """
        refuse_impossible(affected, evaluable)
        a, b = self.prior_alpha + affected, self.prior_beta + evaluable - affected
        return float(stats.beta.sf(self.null_rate, a, b))

    def evidence(self, affected: int, evaluable: int) -> float:
        """The posterior probability."""
        return self.posterior(affected, evaluable)

    def prompts(self, affected: int, evaluable: int) -> bool:
        """Whether the posterior is above the threshold."""
        return self.posterior(affected, evaluable) > self.threshold

    def prompts_at(self, evaluable: int) -> int | None:
        """The smallest number affected that prompts among `evaluable`; None when not even all would."""
        affected = np.arange(evaluable + 1)
        a, b = self.prior_alpha + affected, self.prior_beta + evaluable - affected
        return _first(np.asarray(stats.beta.sf(self.null_rate, a, b) > self.threshold))


@dataclass(frozen=True)
class PocockBoundary:
    """Prompt when P(at least as many affected | `null_rate`) is at or below `nominal_level`, the same at every look.

    Ivanova A, Qaqish BF, Schell MJ. Biometrics 2005;61:540-545: b_n is the smallest k with
    P(Bin(n, p0) >= k) <= a*. R packages clinfun (`toxbdry`) and stoppingrule (`type = "Pocock"`) use the same shape.
    `pocock` finds the level.
    """

    null_rate: float
    nominal_level: float

    def evidence(self, affected: int, evaluable: int) -> float:
        """The tail probability under the null rate."""
        refuse_impossible(affected, evaluable)
        return float(binomial_tails(evaluable, self.null_rate)[affected])

    def prompts(self, affected: int, evaluable: int) -> bool:
        """Whether the tail is at or below the nominal level."""
        return bool(self.evidence(affected, evaluable) <= self.nominal_level * (1 + RELATIVE_TOLERANCE))

    def prompts_at(self, evaluable: int) -> int | None:
        """The smallest number affected that prompts among `evaluable`; None when not even all would."""
        tails = binomial_tails(evaluable, self.null_rate)
        return _first(tails <= self.nominal_level * (1 + RELATIVE_TOLERANCE))


@dataclass(frozen=True)
class OBrienFlemingBoundary:
    """Prompt when the affected are `excess` participants or more above the number expected under the null rate.

    O'Brien and Fleming's shape, which is Wang and Tsiatis's with parameter 0 (Biometrics 1987;43:193-199), on the
    binomial scale as R's stoppingrule 0.5.2 defines `type = "OBF"`: stop at n if X_n >= n p0 + c sqrt(N p0 (1 - p0));
    the second summand, the same at every n, is `excess`. `obrien_fleming` finds it.
    """

    null_rate: float
    excess: float

    def evidence(self, affected: int, evaluable: int) -> float:
        """The participants affected beyond the number expected under the null rate."""
        refuse_impossible(affected, evaluable)
        return float(excesses(evaluable, self.null_rate)[affected])

    def prompts(self, affected: int, evaluable: int) -> bool:
        """Whether the excess is reached."""
        return self.evidence(affected, evaluable) >= self.excess

    def prompts_at(self, evaluable: int) -> int | None:
        """The smallest number affected that prompts among `evaluable`; None when not even all would."""
        return _first(excesses(evaluable, self.null_rate) >= self.excess)


def binomial_tails(evaluable: int, rate: float) -> Floats:
    """P(X >= k) for k = 0 .. evaluable, X binomial: the incomplete beta function at the rate."""
    counts = np.arange(1, evaluable + 1)
    return np.append(1.0, special.betainc(counts, evaluable - counts + 1, rate))


def excesses(evaluable: int, rate: float) -> Floats:
    """The differences k - evaluable * rate for k = 0 .. evaluable, without the rounding error of the multiplication."""
    return np.round(np.arange(evaluable + 1) - evaluable * rate, DECIMALS_OF_EXCESS)


def refuse_impossible(affected: int, evaluable: int) -> None:
    """Raise ValueError unless 0 <= affected <= evaluable."""
    if not 0 <= affected <= evaluable:
        raise ValueError(f"affected {affected}: lies between 0 and the evaluable {evaluable}.")


def _first(flags: NDArray[np.bool_]) -> int | None:
    """The first position that is true; zero affected never prompts."""
    above = np.flatnonzero(flags[1:])
    return int(above[0]) + 1 if len(above) else None
