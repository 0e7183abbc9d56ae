"""The permitted steps of a meeting in each state, and its quorum. Pure.

Source: the order of a board's meeting as the DAMOCLES charter describes it (Lancet 2005;365:711-722).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dsmb.choices import MeetingState, MeetingStep, Presence

S, T = MeetingState, MeetingStep

TRANSITIONS: Mapping[tuple[MeetingState, MeetingStep], MeetingState] = {
    (S.PLANNED, T.OPEN): S.IN_SESSION,
    (S.PLANNED, T.CALL_OFF): S.CALLED_OFF,
    (S.IN_SESSION, T.PUT_MOTION): S.VOTING,
    (S.IN_SESSION, T.AMEND): S.IN_SESSION,
    (S.VOTING, T.RESUME): S.IN_SESSION,
    (S.VOTING, T.RECOMMEND): S.RECOMMENDED,
    (S.VOTING, T.AMEND): S.VOTING,
    (S.RECOMMENDED, T.AMEND): S.RECOMMENDED,
    (S.RECOMMENDED, T.SIGN): S.SIGNED,
    (S.SIGNED, T.AMEND): S.RECOMMENDED,
    (S.SIGNED, T.SEND): S.SENT,
    (S.SENT, T.AMEND): S.SENT,
    (S.SENT, T.SIGN): S.SENT,
    (S.SENT, T.ANSWER): S.ANSWERED,
    (S.ANSWERED, T.AMEND): S.ANSWERED,
    (S.ANSWERED, T.SIGN): S.ANSWERED,
    (S.ANSWERED, T.ANSWER): S.ANSWERED,
}
"""Every possible step and its next state; all others are refused."""

BEFORE_THE_VOTE_ENDS = frozenset({S.PLANNED, S.IN_SESSION, S.VOTING})
"""States in which a statement on conflicts of interest is still relevant."""
UNDER_WAY = frozenset({S.IN_SESSION, S.VOTING})
"""States in which attendance is recorded."""
AFTER_THE_LETTER = frozenset({S.SENT, S.ANSWERED})


def next_state(state: str, step: MeetingStep) -> MeetingState | None:
    """The state after the step; None when the step is not permitted."""
    return TRANSITIONS.get((MeetingState(state), step))


@dataclass(frozen=True)
class Seat:
    """One member at one meeting; `presence` None: not recorded, which is not absent."""

    member_id: int
    presence: str | None
    is_excused: bool = False

    @property
    def is_there(self) -> bool:
        return self.presence in (Presence.PRESENT, Presence.REMOTE)

    @property
    def may_vote(self) -> bool:
        """Present, in the room or remote, and not excused from the vote."""
        return self.is_there and not self.is_excused


@dataclass(frozen=True)
class Quorum:
    """The members who count (`counted`), those present, and the number `required` (None: not in the protocol)."""

    there: int
    excused: int
    counted: int
    required: int | None

    @property
    def is_met(self) -> bool | None:
        """None when the protocol states no quorum."""
        return None if self.required is None else self.counted >= self.required


def quorum_of(seats: Iterable[Seat], required: int | None) -> Quorum:
    """The quorum: members present or remote who are not excused from the vote, against the charter's number."""
    there = [seat for seat in seats if seat.is_there]
    counted = sum(seat.may_vote for seat in there)
    return Quorum(len(there), len(there) - counted, counted, required)


def material_due(planned_on: date, days: int | None) -> date | None:
    """The day by which members have the material; None when the protocol states none."""
    return None if days is None else planned_on - timedelta(days=days)


def answer_due(sent_on: date, days: int | None) -> date | None:
    """The last day for the sponsor's answer, counted from the day after the letter; None when not stated."""
    return None if days is None else sent_on + timedelta(days=days)


def is_overdue(due: date | None, *, today: date, answered: bool) -> bool:
    """Overdue from the day after the last day, while there is no answer."""
    return due is not None and not answered and today > due


def reminders_owed(since: datetime, *, now: datetime, every_days: int | None) -> int:
    """The number of the due reminder: 0 before the end of the first interval, or without an interval.

    The n-th is due after n whole intervals. After an outage only the latest one is due.
    """
    if every_days is None or now < since:
        return 0
    return (now - since) // timedelta(days=every_days)
