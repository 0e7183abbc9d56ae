"""The watched hours of an infusion: its window, its planned checks, every criterion's answer.

The page of an infusion and the worklist both use this module. The board's report applies the same rules to rows as of
its cut-off (`reports.queries.haemodynamics`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from haemodynamics.queries.cases import InfusionCase, cases_of_infusions, infusion_of
from haemodynamics.rules import (
    Check,
    CriterionResult,
    ObservedInfusion,
    Window,
    anchor_of,
    evaluate_plan,
    judge_checks,
    known_until,
    watched_span,
    window_of,
)
from trials.models import Infusion, Participant


@dataclass(frozen=True)
class MonitoredInfusion:
    """One infusion whose protocol has haemodynamic checks, as it is at `at`."""

    case: InfusionCase
    at: datetime

    @property
    def infusion(self) -> Infusion:
        return self.case.infusion

    @cached_property
    def observed(self) -> ObservedInfusion:
        """The infusion as rules use it; a withdrawal ends what is known of the participant."""
        person = self.case.participant
        until = known_until(self.at, withdrawn=person.withdrawn_date, zone=person.trial.timezone)
        return infusion_of(self.infusion, person, observed_until=until, died_after=self.case.last_started_at)

    @cached_property
    def anchor(self) -> datetime | None:
        """The time from which the protocol counts; None when it is not known to the minute."""
        return anchor_of(self.observed, self.case.plan)

    @property
    def window(self) -> Window | None:
        """The protocol's window; None without an anchor."""
        return None if self.anchor is None else window_of(self.anchor, self.case.plan.window_hours)

    @property
    def watched(self) -> Window | None:
        """From the first planned check to the last watched hour; None without an anchor."""
        return None if self.anchor is None else watched_span(self.anchor, self.case.plan)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """The planned checks and their states; none without an anchor."""
        if self.anchor is None:
            return ()
        taken = [reading.at for reading in self.case.readings if reading.is_exact]
        return judge_checks(self.case.plan, anchor=self.anchor, taken=taken, at=self.at)

    @cached_property
    def results(self) -> tuple[CriterionResult, ...]:
        """Every criterion's answer, in the plan's order."""
        weight = self.case.participant.weight_kg
        return evaluate_plan(self.case.readings, self.observed, self.case.plan, weight)

    @property
    def undecided(self) -> tuple[CriterionResult, ...]:
        """Criteria that a recorded reading may meet, and that one more fact would decide."""
        return tuple(result for result in self.results if result.is_undecided)


def monitored_infusion(*, infusion: Infusion, at: datetime) -> MonitoredInfusion | None:
    """One infusion at `at`; None when the protocol plans no checks, or the infusion has no start."""
    return next(iter(monitored_infusions(infusions=[infusion], at=at)), None)


def monitored_infusions(*, infusions: Iterable[Infusion], at: datetime) -> list[MonitoredInfusion]:
    """These infusions at `at`, with loaded participants.

    A fixed number of queries, one more per protocol version.
    """
    return [MonitoredInfusion(case, at) for case in cases_of_infusions(infusions)]


def given_infusions(participant: Participant) -> Sequence[Infusion]:
    """The infusions given to a participant, with the participant loaded."""
    rows = Infusion.objects.given().filter(participant=participant).order_by("number")
    return list(rows.select_related("participant__trial", "participant__site"))


def started_since(infusions: Iterable[Infusion], since: datetime, at: datetime) -> Sequence[Infusion]:
    """Those of the infusions that were given and started in this time."""
    return [row for row in infusions if row.started_at is not None and since <= row.started_at <= at]


UNDECIDED_ASKED_FOR = timedelta(days=28)
"""For this time after an infusion the worklist lists what a criterion needs (our own choice).

Later it stays on the page of the infusion, and the report counts it as not evaluable.
"""
