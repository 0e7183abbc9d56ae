"""The next state of a finding, after another evaluation of the window or a clinician's decision.

Nothing is deleted: a finding that the readings no longer show is withdrawn, and a decision on other evidence has to be
taken again.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from haemodynamics.choices import FindingState


class Evidence(StrEnum):
    """The result of the newest evaluation compared with the evidence of the finding."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"


_CANDIDATE, _CONFIRMED = FindingState.CANDIDATE, FindingState.CONFIRMED
_REFUTED, _WITHDRAWN = FindingState.REFUTED, FindingState.WITHDRAWN

AFTER_EVALUATION: Mapping[tuple[FindingState, Evidence], FindingState] = MappingProxyType(
    {
        (_CANDIDATE, Evidence.SAME): _CANDIDATE,
        (_CANDIDATE, Evidence.CHANGED): _CANDIDATE,
        (_CANDIDATE, Evidence.GONE): _WITHDRAWN,
        (_CONFIRMED, Evidence.SAME): _CONFIRMED,
        (_CONFIRMED, Evidence.CHANGED): _CANDIDATE,
        (_CONFIRMED, Evidence.GONE): _WITHDRAWN,
        (_REFUTED, Evidence.SAME): _REFUTED,
        (_REFUTED, Evidence.CHANGED): _CANDIDATE,
        (_REFUTED, Evidence.GONE): _WITHDRAWN,
        (_WITHDRAWN, Evidence.SAME): _CANDIDATE,
        (_WITHDRAWN, Evidence.CHANGED): _CANDIDATE,
        (_WITHDRAWN, Evidence.GONE): _WITHDRAWN,
    }
)
"""The state after the next evaluation, for every state and every evidence."""

DECIDABLE = frozenset({_CANDIDATE, _CONFIRMED, _REFUTED})
"""States in which a clinician may confirm or refute; a decision may be revised, with a reason."""


def state_after_evaluation(state: str, evidence: Evidence) -> FindingState:
    """The state of a finding after its window was evaluated again."""
    return AFTER_EVALUATION[(FindingState(state), evidence)]


def may_be_decided(state: str) -> bool:
    """Whether a clinician may confirm or refute a finding in this state."""
    return state in DECIDABLE
