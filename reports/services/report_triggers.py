"""Reports besides the looks, from the protocol: by calendar, and after a death. Once each, from rows only.

Blinded people know both triggers anyway, so that these reports are listed. The report that a boundary triggers is
sealed.
"""

from datetime import datetime

from accounts.services import system_user
from audit.choices import standing_reason
from audit.services import attributed
from partial_dates import local_date
from reports.choices import ReportTrigger
from reports.models import BoardReport
from reports.queries.maturity import recorded_deaths
from reports.rules.report_triggers import due_period, uncovered_death
from reports.services.looks import create_report
from trials.models import ProtocolVersion, Trial
from trials.rules.protocol import Schedule

CALENDAR_REASON = "The calendar of the protocol calls for a report: %(label)s, %(period)s."
DEATH_REASON = standing_reason("A death was recorded, and the protocol calls for a report.")


def create_triggered_reports(*, trial_id: int, at: datetime) -> tuple[BoardReport, ...]:
    """Create the reports that calendar and deaths trigger and that do not exist yet; idempotent."""
    trial = Trial.objects.get(pk=trial_id)
    version = ProtocolVersion.objects.version_of(trial_id=trial_id, on=local_date(at, trial.timezone))
    protocol, since = version.protocol(), version.recorded_at
    owed = [_owe_period(trial, schedule, since=since, at=at) for schedule in protocol.schedules]
    if protocol.ad_hoc is not None and protocol.ad_hoc.on_death:
        owed.append(_owe_after_death(trial, since=since, at=at))
    return tuple(report for report in owed if report is not None)


def _owe_period(trial: Trial, schedule: Schedule, *, since: datetime, at: datetime) -> BoardReport | None:
    due = due_period(schedule, at=at, since=since, zone=trial.timezone)
    if due is None:
        return None
    period, moment = due
    reason = CALENDAR_REASON % {"label": schedule.label, "period": period}
    return _owe_once(trial, ReportTrigger.CALENDAR, f"{schedule.id} {period}", reason, cutoff=moment, at=at)


def _owe_after_death(trial: Trial, *, since: datetime, at: datetime) -> BoardReport | None:
    deaths = recorded_deaths(trial_id=trial.pk)
    reports = BoardReport.objects.filter(trial=trial, trigger=ReportTrigger.DEATH)
    held = [moment for moment in reports.values_list("data_cutoff_at", flat=True) if moment is not None]
    participant = uncovered_death(deaths, held, since=since)
    if participant is None:
        return None
    return _owe_once(trial, ReportTrigger.DEATH, str(participant), DEATH_REASON, cutoff=at, at=at)


def _owe_once(
    trial: Trial, trigger: ReportTrigger, occasion: str, reason: str, *, cutoff: datetime, at: datetime
) -> BoardReport | None:
    """The row, or None when it exists. The trial's row is locked; the unique occasion refuses a second one."""
    known = BoardReport.objects.filter(trial=trial, trigger=trigger, occasion=occasion)
    if known.exists():
        return None
    with attributed(by=system_user(), reason=reason, at=at):
        locked = Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
        if known.exists():
            return None
        return create_report(locked, trigger=trigger, reason=reason, cutoff=cutoff, occasion=occasion, at=at)
