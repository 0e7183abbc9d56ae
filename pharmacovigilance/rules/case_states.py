"""The states of a safety case, and the transitions between them.

Source: ICH E2A III and E2B(R3) C.1.11 (initial, follow-up, amendment, nullification). The four states are our own. New
information opens the case again: the signature is for the version that was read, never for the one after it.
"""

from collections.abc import Mapping

from partial_dates.refusals import Refusal, gettext_noop
from pharmacovigilance.choices import CaseAct, CaseState

_D, _A, _S, _R = CaseState.DRAFTED, CaseState.ASSESSED, CaseState.SIGNED, CaseState.RELEASED
_OPEN_STATES = (_D, _A, _S, _R)

_REOPENING = (
    CaseAct.RECEIVE,
    CaseAct.ADD_EVENT,
    CaseAct.SPLIT,
    CaseAct.UPGRADE,
    CaseAct.DOWNGRADE,
    CaseAct.SITUATION,
)
"""Acts that change the content of a report: the case becomes a draft again."""

TRANSITIONS: Mapping[tuple[CaseState, CaseAct], CaseState] = {
    **{(state, act): _D for state in _OPEN_STATES for act in _REOPENING},
    (_R, CaseAct.AMEND): _D,
    (_D, CaseAct.ASSESS): _A,
    (_A, CaseAct.ASSESS): _A,
    (_S, CaseAct.ASSESS): _A,
    (_R, CaseAct.ASSESS): _A,
    (_A, CaseAct.SIGN): _S,
    (_S, CaseAct.RELEASE): _R,
    (_R, CaseAct.RELEASE): _R,
    **{(state, CaseAct.LINK_DUPLICATE): state for state in _OPEN_STATES},
    **{(state, CaseAct.MERGE): CaseState.MERGED for state in _OPEN_STATES},
    **{(state, CaseAct.NULLIFY): CaseState.NULLIFIED for state in _OPEN_STATES},
}
"""All other transitions are refused. A nullified or merged case does not change."""


def next_case_state(state: str, act: str) -> CaseState | None:
    """The state after an act; None when the act is refused in this state."""
    return TRANSITIONS.get((CaseState(state), CaseAct(act)))


def transition_refusal(state: str, act: str) -> tuple[Refusal, ...]:
    """Why an act is refused in a state; empty when it is not."""
    if next_case_state(state, act) is not None:
        return ()
    message = gettext_noop("State: “%(state)s”; “%(act)s” is not possible in this state. %(rule)s")
    params = {"state": state, "act": act, "rule": _RULES.get(CaseAct(act), "")}
    return (Refusal("state", message, params),)


_RULES = {
    CaseAct.SIGN: "Only an assessed case is signed.",
    CaseAct.RELEASE: "Only a signed case is released.",
    CaseAct.AMEND: "Only a released case is amended.",
}
