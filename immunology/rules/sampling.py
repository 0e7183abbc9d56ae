"""Which planned sera of a participant are due; the same in every arm."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from trials.rules.protocol import AntibodyPlan, PlannedSample
from trials.rules.schedule import LAPSE


class SampleState(StrEnum):
    """State of one planned serum on a day."""

    TAKEN = "taken"
    UPCOMING = "upcoming"
    DUE = "due"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class SampleDue:
    """One planned serum: on time from `opens_date` to `closes_date`, both included."""

    planned: PlannedSample
    opens_date: date
    closes_date: date
    state: SampleState

    def is_asked_for(self, today: date) -> bool:
        """Whether it is still due: while its window is open, and for a week after it closed."""
        return self.state == SampleState.DUE or (
            self.state == SampleState.OVERDUE and today <= self.closes_date + LAPSE
        )


def judge_samples(
    plan: AntibodyPlan, *, day0: date, taken_days: Iterable[int], today: date
) -> tuple[SampleDue, ...]:
    """The plan's sera in order, with their states on `today`, from the planned days with a serum."""
    taken = frozenset(taken_days)
    return tuple(_judge(sample, day0, sample.day in taken, today) for sample in plan.sampling)


def _judge(sample: PlannedSample, day0: date, taken: bool, today: date) -> SampleDue:
    opens = day0 + timedelta(days=sample.day - sample.before_days)
    closes = day0 + timedelta(days=sample.day + sample.after_days)
    return SampleDue(sample, opens, closes, _state(opens, closes, taken, today))


def _state(opens: date, closes: date, taken: bool, today: date) -> SampleState:
    if taken:
        return SampleState.TAKEN
    if today < opens:
        return SampleState.UPCOMING
    return SampleState.DUE if today <= closes else SampleState.OVERDUE


class SerumJourney(StrEnum):
    """Where a tube is that was taken and not received."""

    ON_ITS_WAY = "on_its_way"
    LOST = "lost"


LOST_AFTER = timedelta(days=7)
"""A tube that was not received for so long is looked for as lost. Own choice; the same for every arm."""


def judge_journey(taken_at: datetime, at: datetime) -> SerumJourney:
    """Lost when it was taken 7 days ago or earlier and nobody received it."""
    return SerumJourney.LOST if at - taken_at >= LOST_AFTER else SerumJourney.ON_ITS_WAY
