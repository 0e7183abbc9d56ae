"""Where an obligation stands at a moment, and when somebody is reminded of it. Blinded: only open steps are asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pharmacovigilance.choices import ObligationState, StepKind

SOON_PART = 0.25
"""Due soon when at most a quarter of the time is left, as the clocks of events (own choice)."""
MOST_STEPS_BEFORE = (timedelta(days=3), timedelta(days=1), timedelta(hours=6))
"""Reminders before the due moment, and one each day after it (own choice)."""


@dataclass(frozen=True)
class Step:
    """One thing that happened to an obligation."""

    kind: str
    at: datetime


def obligation_state(
    *, day_0_at: datetime, due_at: datetime, steps: Iterable[Step], at: datetime
) -> ObligationState:
    """Met up to and including the due moment, overdue after it. What was rejected has to be sent again.

    Handed over stays handed over, whatever the desk does.
    """
    known = sorted((step for step in steps if step.at <= at), key=lambda step: step.at)
    rejected = [place for place, step in enumerate(known) if step.kind == StepKind.REJECTED]
    known = known[rejected[-1] + 1 :] if rejected else known
    for kind, on_time, late in (
        (StepKind.SENT, ObligationState.MET, ObligationState.MET_LATE),
        (StepKind.HANDED, ObligationState.HANDED, ObligationState.HANDED_LATE),
    ):
        first = next((step for step in known if step.kind == kind), None)
        if first is not None:
            return on_time if first.at <= due_at else late
    if any(step.kind == StepKind.CLOSED for step in known):
        return ObligationState.CLOSED
    if at > due_at:
        return ObligationState.OVERDUE
    is_soon = due_at - at <= (due_at - day_0_at) * SOON_PART
    return ObligationState.SOON if is_soon else ObligationState.RUNNING


OPEN_STATES = frozenset({ObligationState.RUNNING, ObligationState.SOON, ObligationState.OVERDUE})
"""Somebody still has to do something."""


def reminder_due(*, day_0_at: datetime, due_at: datetime, at: datetime) -> str:
    """The rung of the ladder that is reached: "", "3d", "1d", "6h", or "late-N" on day N after the due moment.

    A rung that would stand before day 0 does not exist: a clock of 24 h reminds 6 h before its end.
    """
    if at > due_at:
        return f"late-{(at - due_at).days + 1}"
    reached = ""
    for before, name in zip(MOST_STEPS_BEFORE, ("3d", "1d", "6h"), strict=True):
        if day_0_at < due_at - before <= at:
            reached = name
    return reached
