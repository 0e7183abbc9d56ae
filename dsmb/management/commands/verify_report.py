"""`manage.py verify_report [TRIAL]`: every kept report is rendered again from its snapshot and compared byte
for byte.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dsmb.models import BoardReport
from dsmb.services.verifying import verify_report
from trials.models import Trial


class Command(BaseCommand):
    help = "Render kept reports again from their snapshots and compare every byte; exit status 1 when anything differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("trial", nargs="?", metavar="TRIAL", help="the trial's code; default: all trials")
        parser.add_argument(
            "--report", type=int, metavar="NUMBER", help="one report of the trial, by its number"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        reports = list(_chosen(options["trial"], options["report"]))
        differing = 0
        for report in reports:
            differences = verify_report(report=report, at=timezone.now())
            differing += bool(differences)
            for difference in differences:
                self.stderr.write(f"{_name(report)}, {difference.kind}: {difference.what}")
        if differing:
            raise CommandError(f"{differing} of {len(reports)} reports are not what their snapshots give.")
        self.stdout.write(f"{len(reports)} reports verified: every document is what its snapshot gives.")


def _chosen(trial_code: str | None, number: int | None) -> "Any":
    reports = BoardReport.objects.ready().select_related("trial").order_by("trial__code", "number")
    if number is not None and trial_code is None:
        raise CommandError("--report: numbers count within a trial; name the trial as well.")
    if trial_code is not None:
        if not Trial.objects.filter(code=trial_code).exists():
            raise CommandError(f"TRIAL: no trial has the code {trial_code!r}.")
        reports = reports.filter(trial__code=trial_code)
    if number is not None:
        reports = reports.filter(number=number)
        if not reports.exists():
            raise CommandError(f"--report: the trial has no report number {number} that is ready.")
    return reports


def _name(report: BoardReport) -> str:
    return f"{report.trial.code}, report {report.number}"
