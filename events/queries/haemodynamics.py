"""Questions about haemodynamic checks: the hours after one infusion, checks that are due, every criterion's answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from events.models import HaemodynamicFinding
from events.models.haemodynamic_cases import Case, cases_of
from events.models.haemodynamic_judging import infusion_of
from events.rules.haemodynamics import (
    MEASUREMENTS,
    Check,
    CheckState,
    CriterionResult,
    Window,
    anchor_of,
    evaluate_infusion,
    judge_checks,
    window_of,
)
from trials.models import Infusion, Participant

CHECKS_LOOK_BACK = timedelta(hours=48)
"""Infusions that started within this time have checks that can still be due (the late window has 24 h)."""


@dataclass(frozen=True)
class SixHours:
    """What a page of one infusion shows. `series`: variable → (moment, value) in order; missing values are left out.

    `results` are the criteria as they stand now, `findings` what was raised on them. `window` and `checks` are empty
    when the start is not known to the minute.
    """

    case: Case
    window: Window | None
    checks: tuple[Check, ...]
    results: tuple[CriterionResult, ...]
    findings: tuple[HaemodynamicFinding, ...]
    series: Mapping[str, tuple[tuple[datetime, Decimal], ...]] = field(default_factory=dict)


def six_hours(*, infusion: Infusion, at: datetime) -> SixHours | None:
    """The window after one infusion as it stands at `at`; `None` when the protocol plans no checks. Six queries."""
    participant = Participant.objects.select_related("trial", "site").get(pk=infusion.participant_id)
    case = next((case for case in cases_of([participant]) if case.infusion.pk == infusion.pk), None)
    if case is None:
        return None
    anchor = anchor_of(infusion_of(case.infusion, participant, observed_until=at), case.plan)
    findings = HaemodynamicFinding.objects.filter(infusion=infusion.pk).order_by("first_hit_at", "pk")
    return SixHours(
        case=case,
        window=None if anchor is None else window_of(anchor, case.plan.window_hours),
        checks=_checks(case, at),
        results=_results(case, at),
        findings=tuple(findings),
        series=_series(case),
    )


def _checks(case: Case, at: datetime) -> tuple[Check, ...]:
    anchor = anchor_of(infusion_of(case.infusion, case.participant, observed_until=None), case.plan)
    if anchor is None:
        return ()
    taken = [reading.at for reading in case.readings if reading.is_exact]
    return judge_checks(case.plan, anchor=anchor, taken=taken, at=at)


def _results(case: Case, at: datetime) -> tuple[CriterionResult, ...]:
    observed = infusion_of(case.infusion, case.participant, observed_until=at)
    return evaluate_infusion(case.readings, observed, case.plan, case.participant.weight_kg)


def _series(case: Case) -> Mapping[str, tuple[tuple[datetime, Decimal], ...]]:
    points = {
        variable: tuple(
            (reading.at, value)
            for reading in case.readings
            if reading.is_exact and (value := reading.measured(variable)) is not None
        )
        for variable in MEASUREMENTS
    }
    return {variable: values for variable, values in points.items() if values}


@dataclass(frozen=True)
class CheckDue:
    """One check that is due now, or was missed while the participant is still being watched."""

    participant: Participant
    infusion: Infusion
    check: Check


def checks_due(*, trial_id: int, site_codes: frozenset[str] | None, at: datetime) -> list[CheckDue]:
    """Checks due or missed at `at` in the trial (at these sites; `None` = all), the most urgent first.

    A fixed number of queries, whatever the number of infusions.
    """
    recent = Infusion.objects.given().filter(
        trial_id=trial_id, started_at__gt=at - CHECKS_LOOK_BACK, started_at__lte=at
    )
    people = (
        Participant.objects.filter(pk__in=recent.values("participant_id"), has_died=False)
        .at_sites(site_codes)
        .select_related("trial", "site")
    )
    due = [
        CheckDue(case.participant, case.infusion, check)
        for case in cases_of(people)
        if case.infusion.started_at is not None and at - CHECKS_LOOK_BACK < case.infusion.started_at <= at
        for check in _checks(case, at)
        if check.state in (CheckState.DUE, CheckState.MISSED)
    ]
    return sorted(due, key=lambda item: (item.check.closes_at, item.infusion.pk))


@dataclass(frozen=True)
class Evaluation:
    """The answer of one criterion over the window of one infusion."""

    participant_code: str
    infusion_number: int
    rule_set: str
    result: CriterionResult


def evaluations(*, trial_id: int, until: datetime) -> list[Evaluation]:
    """Every criterion over the window of every infusion given, as known at `until`; a fixed number of queries."""
    treated = Infusion.objects.given().filter(trial_id=trial_id).values("participant_id")
    people = Participant.objects.filter(pk__in=treated).order_by("code")
    return [
        Evaluation(case.participant.code, case.infusion.number, case.plan.rule_set, result)
        for case in cases_of(people)
        for result in _results(case, until)
    ]
