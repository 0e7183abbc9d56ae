"""Runs all steps in order of time, and makes each board report at the enrolment that triggers it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.choices import Role
from accounts.services import system_user
from demonstration.bedside import DONOR_TYPING
from demonstration.calendar import RECRUITING_DAYS, put_on_dates
from demonstration.people import make_people
from demonstration.published_totals import UC_MSC
from demonstration.replay.assessment_steps import assessment_steps, deviation_steps
from demonstration.replay.bedside_steps import reading_steps
from demonstration.replay.board_steps import hold_meetings
from demonstration.replay.event_steps import draft_steps, event_steps
from demonstration.replay.laboratory_steps import specimen_steps, type_donor
from demonstration.replay.script import ParticipantScript, ScriptStep, bank_code, dose_steps, stay_steps
from demonstration.replay.staff import Login, Staff, create_accounts
from events.models import SeriousNotice
from events.services.notices import acknowledge_notice, open_notice
from product.services import receive_batch
from reports.services.looks import create_due_reports
from reports.services.making import make_report
from trials.models import Site, Trial
from trials.services import load_protocol

NEWS_IS_NEW, TIME_TO_READ = timedelta(days=2), timedelta(hours=3)


def seed_trial(*, content: Mapping[str, Any], seed: int, now: datetime) -> tuple[Trial, tuple[Login, ...]]:
    """Load the protocol, create the accounts, and run the trial until `now` (aware).

    Returns the trial and the logins. The board's reports at the protocol's looks are made on the way, each at the time
    of the enrolment that triggers it, so that they contain what was recorded then.
    """
    trial = load_demonstration_protocol(content=content, now=now)
    begin = _beginning(now)
    sites = {site.code: site for site in Site.objects.filter(trial=trial)}
    staff, logins = create_accounts(trial=trial, site_codes=sorted(sites), at=begin)
    _open_banks(trial, staff, begin)
    people = put_on_dates(make_people(seed=seed), now=now, zone=ZoneInfo(trial.timezone), seed=seed)
    scripts = [
        ParticipantScript(trial, sites[dated.person.site], dated, staff, seed, now) for dated in people
    ]
    _live_through(trial, _in_order(scripts, now))
    _acknowledge_notices(trial, now)
    hold_meetings(trial=trial, staff=staff, now=now)
    return trial, logins


def _acknowledge_notices(trial: Trial, now: datetime) -> None:
    """All recipients of a serious event's notice have acknowledged it, except notices of the last two days."""
    told = SeriousNotice.objects.filter(trial=trial, recorded_at__lt=now - NEWS_IS_NEW)
    for notice in told.select_related("recipient").order_by("recorded_at"):
        if notice.recipient is not None:
            at = notice.recorded_at + TIME_TO_READ
            open_notice(notice=notice, by=notice.recipient, at=at)
            acknowledge_notice(notice=notice, by=notice.recipient, at=at)


def load_demonstration_protocol(*, content: Mapping[str, Any], now: datetime) -> Trial:
    """The trial with its protocol, as before the first enrolment; the same again changes nothing."""
    trial, _version, _created = load_protocol(
        content=content, by=system_user(), at=_beginning(now), reason="demonstration"
    )
    return trial


def _beginning(now: datetime) -> datetime:
    return now - timedelta(days=RECRUITING_DAYS + 10)


def _live_through(trial: Trial, steps: list[ScriptStep]) -> None:
    for step in steps:
        step.run(step.at)
        if step.enrols:
            _make_due_reports(trial, step.at)


def _in_order(scripts: list[ParticipantScript], now: datetime) -> list[ScriptStep]:
    """The steps until now; later ones are left to the people who try the system."""
    steps = [step for script in scripts for step in _steps_of(script)]
    steps += draft_steps(scripts[-1], now)
    return sorted((step for step in steps if step.at <= now), key=lambda step: step.at)


def _steps_of(script: ParticipantScript) -> Iterator[ScriptStep]:
    yield from stay_steps(script)
    yield from dose_steps(script)
    yield from reading_steps(script)
    yield from specimen_steps(script)
    yield from event_steps(script)
    yield from assessment_steps(script)
    yield from deviation_steps(script)


def _open_banks(trial: Trial, staff: Staff, at: datetime) -> None:
    """The two donors' cell banks and types, before the first enrolment."""
    unit = staff.of(Role.CELL_THERAPY_UNIT)
    for donor, typing in DONOR_TYPING.items():
        receive_batch(
            trial=trial,
            code=bank_code(donor),
            arm_code=UC_MSC,
            donor_code=donor,
            by=unit,
            at=at,
            reason="cell bank released",
        )
        type_donor(trial=trial, donor_code=donor, typing=typing, by=unit, at=at)


def _make_due_reports(trial: Trial, at: datetime) -> None:
    for report in create_due_reports(trial_id=trial.pk, at=at):
        make_report(report_id=report.pk, at=at)
