"""Which events the rules of reconciliation cannot tell apart, so that one of a million stands for all that are like it.

Of an event the rules read its answers, which of its dates are there, and whether those stand in the order in which things
happen. They print a date only where it stands out of that order, or beside an outcome that speaks of an end: such an event
is like no other. A rule that comes to read more has to be told here; a test holds this against the rules, event by event.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from events.rules.adverse_events import EventFacts, is_fatal
from events.rules.adverse_events.times import STILL_GOING_ON
from events.rules.ctcae import Term, is_other_specify
from trials.rules.protocol import ReportingPlan

Integers = npt.NDArray[np.integer]
Flags = npt.NDArray[np.bool_]

ABSENT = int(np.iinfo(np.int64).min)
"""Where there is no such date."""
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class EventDates:
    """Moments in microseconds, one element for each event; `at` and the participant's own dates as in the context."""

    onset_earliest: Integers
    onset_latest: Integers
    ended_earliest: Integers
    ended_latest: Integers
    worsened_earliest: Integers
    worsened_latest: Integers
    aware: Integers
    in_trial_since: Integers
    death_latest: Integers
    at: int

    def in_order(self) -> Flags:
        """The start in the trial, onset, worsening, awareness and end, death, now: as far as each is known."""
        now = np.full(len(self.aware), self.at)
        pairs = (
            (self.in_trial_since, self.onset_latest),
            (self.onset_earliest, self.aware),
            (self.onset_earliest, self.ended_latest),
            (self.onset_earliest, self.worsened_latest),
            (self.onset_earliest, self.death_latest),
            (self.onset_earliest, now),
            (self.ended_earliest, now),
            (self.worsened_earliest, now),
            (self.aware, now),
        )
        return np.logical_and.reduce([_not_after(one, other) for one, other in pairs])

    def query_is_due(self, plan: ReportingPlan) -> Flags:
        """Whether the time is over in which the cause of a serious event is to be assessed (R11)."""
        due = self.aware + timedelta(hours=plan.sae_hours) // MICROSECOND
        return np.asarray((self.aware == ABSENT) | (due <= self.at))


def date_numbers(dates: EventDates, plan: ReportingPlan, speaks_of_end: Flags) -> tuple[Integers, ...]:
    """Numbers of each event that are the same where the rules make no difference by its dates."""
    ended = dates.ended_earliest != ABSENT
    is_like_others = dates.in_order() & ~(ended & speaks_of_end)
    known = (dates.onset_earliest != ABSENT, ended, dates.aware != ABSENT, dates.query_is_due(plan))
    itself = np.where(is_like_others, -1, np.arange(len(ended)))
    return (itself, *(each.astype(np.int8) for each in known))


def speaks_of_end(facts: EventFacts) -> bool:
    """Whether the answers are such that an end is looked at and printed."""
    return is_fatal(facts) or facts.outcome in STILL_GOING_ON


def is_term_printed(term: Term | None, grade: int | None) -> bool:
    """Whether a rule may print the term: beside a grade that it does not have, or if it is one to be specified."""
    if term is None:
        return False
    return is_other_specify(term.term) or (grade is not None and grade not in term.grades)


def _not_after(one: Integers, other: Integers) -> Flags:
    return np.asarray((one == ABSENT) | (other == ABSENT) | (one <= other))
