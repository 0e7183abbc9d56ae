"""What may happen to a data query in which state, and how long it has been open.

Source: GCDMP, chapter "Edit check design principles" and ICH E6(R3) 4.2.4: a query is asked, answered, and closed by whoever
asked; nothing of it is removed.
"""

from collections.abc import Mapping
from datetime import datetime

from data_management.choices import QueryAct, QueryState
from partial_dates.refusals import Refusal, gettext_noop

TRANSITIONS: Mapping[tuple[QueryState, QueryAct], QueryState] = {
    (QueryState.OPEN, QueryAct.ANSWER): QueryState.ANSWERED,
    (QueryState.OPEN, QueryAct.CLOSE): QueryState.CLOSED,
    (QueryState.OPEN, QueryAct.CANCEL): QueryState.CANCELLED,
    (QueryState.OPEN, QueryAct.RESOLVE): QueryState.CLOSED,
    (QueryState.ANSWERED, QueryAct.ASK_AGAIN): QueryState.OPEN,
    (QueryState.ANSWERED, QueryAct.CLOSE): QueryState.CLOSED,
    (QueryState.ANSWERED, QueryAct.CANCEL): QueryState.CANCELLED,
    (QueryState.ANSWERED, QueryAct.RESOLVE): QueryState.CLOSED,
    (QueryState.CLOSED, QueryAct.ASK_AGAIN): QueryState.OPEN,
}
"""The state after each act; what is not listed is refused. A cancelled query stays cancelled: a new one is raised."""
STANDING = frozenset({QueryState.OPEN, QueryState.ANSWERED})
"""States in which somebody still has something to do."""


def state_after(state: str, act: str) -> QueryState | None:
    """The state after an act; None when the act does not belong to the state."""
    return TRANSITIONS.get((QueryState(state), QueryAct(act)))


def act_refusals(state: str, act: str) -> tuple[Refusal, ...]:
    """Why an act is refused in a state; empty when it may happen."""
    if state_after(state, act) is not None:
        return ()
    message = gettext_noop("Query: it is %(state)s; “%(act)s” is not possible now.")
    return (Refusal("state", message, {"state": QueryState(state).label, "act": QueryAct(act).label}),)


def days_open(*, raised_at: datetime, closed_at: datetime | None, at: datetime) -> int:
    """Whole days from raising to closing, or to now."""
    return max((closed_at or at) - raised_at, raised_at - raised_at).days
