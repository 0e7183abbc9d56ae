"""The state of an obligation at a time, and the times of reminders. Blinded: only open steps are used."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pharmacovigilance.choices import ObligationState, StepKind

SOON_PART = 0.25
"""Due soon when at most a quarter of the time is left, as the clocks of events (own choice)."""
MOST_STEPS_BEFORE = (timedelta(days=3), timedelta(days=1), timedelta(hours=6))
"""Reminders before the due time, and one each day after it (own choice)."""


@dataclass(frozen=True)
class Step:
    """One event of an obligation."""

    kind: str
    at: datetime


def obligation_state(
    *, day_0_at: datetime, due_at: datetime, steps: Iterable[Step], at: datetime
) -> ObligationState:
    """Met up to and including the due time, overdue after it. A rejected message has to be sent again.

    An obligation at the desk stays at the desk, whatever the desk does.
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
"""Something still has to be done."""


def reminder_due(*, day_0_at: datetime, due_at: datetime, at: datetime) -> str:
    """The reached reminder: "", "3d", "1d", "6h", or "late-N" on day N after the due time.

    A reminder before day 0 does not exist: for a clock of 24 h the first is 6 h before its end.
    """
    if at > due_at:
        return f"late-{(at - due_at).days + 1}"
    reached = ""
    for before, name in zip(MOST_STEPS_BEFORE, ("3d", "1d", "6h"), strict=True):
        if day_0_at < due_at - before <= at:
            reached = name
    return reached
