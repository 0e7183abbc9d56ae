"""The facts of the DSMB charter, as far as the protocol states them."""

from dataclasses import dataclass
from typing import Literal

VotingRule = Literal["majority", "two_thirds", "unanimity"]
TieRule = Literal["chair", "none"]
RecommendationWord = Literal["continue", "modify", "pause", "stop", "more_data", "ad_hoc"]


@dataclass(frozen=True)
class BoardCharter:
    """The charter's facts; `None` (or empty) means "not stated in the protocol"; there is no default.

    `quorum` counts members who are present and not excused. `voting_rule` is a share of the votes cast for or against
    (abstentions count in no direction). Days are calendar days. `recommendations` empty: all are offered.
    """

    quorum: int | None = None
    voting_rule: VotingRule | None = None
    tie_rule: TieRule | None = None
    material_days: int | None = None
    answer_days: int | None = None
    reminder_days: int | None = None
    arm_codes_seen_by: str = ""
    recommendations: tuple[RecommendationWord, ...] = ()
    distribution: tuple[str, ...] = ()
    source: str = ""
