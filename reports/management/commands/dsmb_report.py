"""`manage.py dsmb_report TRIAL`: write one document of a report to a file.

Usage: `dsmb_report TRIAL (--enrolments N | --now) --kind open|closed --format json|html|pdf [--output FILE]`.
"""

import os
import sys
import time
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.services import system_user
from reports.choices import ReportFormat, ReportKind, ReportState
from reports.models import LEASE, MOST_TRIES, BoardReport
from reports.services.looks import create_ad_hoc_report, create_report_of_look
from reports.services.making import make_report
from reports.services.reading import open_document
from trials.models import Trial

PATIENCE = 2 * LEASE
"""The wait for a report that a worker has claimed: longer than its lease."""
PAUSE_SECONDS = 0.2


class Command(BaseCommand):
    help = "Write a board report: the look at N enrolments (made now if it is not there yet), or ad hoc of all data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("trial", metavar="TRIAL", help="the trial's code")
        when = parser.add_mutually_exclusive_group(required=True)
        when.add_argument(
            "--enrolments", type=int, metavar="N", help="data as known when participant N was enrolled"
        )
        when.add_argument(
            "--now", action="store_true", help="ad hoc: all data to this moment, no planned look"
        )
        parser.add_argument("--kind", choices=ReportKind.values, required=True)
        parser.add_argument("--format", choices=ReportFormat.values, required=True)
        parser.add_argument(
            "--output", metavar="FILE", help="write here, readable by you alone; default: standard output"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        trial = _trial(options["trial"])
        report = _made(_owed(trial, options["enrolments"], timezone.now()))
        content = open_document(
            report=report,
            kind=ReportKind(options["kind"]),
            report_format=ReportFormat(options["format"]),
            by=system_user(),
            at=timezone.now(),
        )
        _write(content, options["output"])


def _trial(code: str) -> Trial:
    trial = Trial.objects.filter(code=code).first()
    if trial is None:
        raise CommandError(f"TRIAL: no trial has the code {code!r}; load its protocol first.")
    return trial


def _owed(trial: Trial, enrolments: int | None, at: datetime) -> BoardReport:
    reason = "Asked for on the command line."
    try:
        if enrolments is None:
            return create_ad_hoc_report(trial=trial, by=system_user(), at=at, reason=reason)
        return create_report_of_look(trial=trial, look=enrolments, by=system_user(), at=at, reason=reason)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error


def _made(report: BoardReport) -> BoardReport:
    """The report once it is ready; while a worker makes it, wait for the worker or claim it afterwards."""
    patience_ends = timezone.now() + PATIENCE
    while report.state != ReportState.READY:
        make_report(report_id=report.pk, at=timezone.now())
        report.refresh_from_db()
        if report.state == ReportState.FAILED:
            raise CommandError(_failure(report))
        if report.state != ReportState.READY and report.claimed_until is not None:
            _wait(patience_ends)
    return report


def _failure(report: BoardReport) -> str:
    fault = f" ({report.fault})" if report.fault else ""
    return (
        f"report {report.number}: {report.get_failed_step_display()}{fault}, in {MOST_TRIES} attempts; "
        f"'manage.py retry_report {report.trial.code} {report.number}' has it made again."
    )


def _wait(until: datetime) -> None:
    if timezone.now() > until:
        minutes = PATIENCE // timedelta(minutes=1)
        raise CommandError(f"report: it was not made within {minutes} minutes; see the log of the worker.")
    time.sleep(PAUSE_SECONDS)


def _write(content: bytes, path: str | None) -> None:
    if path is None:
        sys.stdout.buffer.write(content)
        return
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except OSError as error:
        raise CommandError(f"--output: {path!r} cannot be written: {error.strerror}.") from error
