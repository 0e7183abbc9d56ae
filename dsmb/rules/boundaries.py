"""When a safety boundary prompts the board: a posterior probability above a threshold.

Thall PF, Simon R. Biometrics 1994;50:337-349; Geller NL et al., beta-binomial monitoring of toxicity. With a
Beta(alpha, beta) prior and x of n participants affected, the rate is above the null rate with probability
1 - I(null rate; alpha + x, beta + n - x). A prompt advises; it never halts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class BetaBinomialBoundary:
    """Prompt when Pr(rate > `null_rate` | data) is above `threshold`; rates and probabilities are fractions."""

    null_rate: float
    threshold: float
    prior_alpha: float
    prior_beta: float

    def posterior(self, affected: int, evaluable: int) -> float:
        """The probability that the true rate is above the null rate, given `affected` of `evaluable`.

        Raises ValueError unless 0 <= affected <= evaluable.
        """
        if not 0 <= affected <= evaluable:
            raise ValueError(f"affected {affected}: lies between 0 and the evaluable {evaluable}.")
        a, b = self.prior_alpha + affected, self.prior_beta + evaluable - affected
        return float(stats.beta.sf(self.null_rate, a, b))

    def prompts(self, affected: int, evaluable: int) -> bool:
        """Whether the posterior is above the threshold."""
        return self.posterior(affected, evaluable) > self.threshold

    def prompts_at(self, evaluable: int) -> int | None:
        """The smallest number affected that prompts among `evaluable`; None when not even all would."""
        affected = np.arange(evaluable + 1)
        a, b = self.prior_alpha + affected, self.prior_beta + evaluable - affected
        above = np.flatnonzero(stats.beta.sf(self.null_rate, a, b) > self.threshold)
        return int(above[0]) if len(above) else None
