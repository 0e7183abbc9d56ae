"""`manage.py verify_report [TRIAL]`: render every stored report again and compare it byte for byte.

Reports for the board only are listed and verified with `--sealed` only.
"""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import timezone

from reports.models import BoardReport
from reports.queries.kept_files import read_kept_file
from reports.rules.kept_heads import KeptSnapshot
from reports.services.verifying import ReportDifference, verify_report, verify_sealed_reports
from trials.models import Trial

Verdict = tuple[str, tuple[ReportDifference, ...]]
"""A report's name, and what differs in it."""


class Command(BaseCommand):
    help = "Render kept reports again from their snapshots and compare every byte; exit status 1 when anything differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("trial", nargs="?", metavar="TRIAL", help="the trial's code; default: all trials")
        parser.add_argument(
            "--heads",
            nargs="+",
            default=(),
            metavar="FILE",
            help="also compare with the hashes in these mails (or files) that were kept elsewhere",
        )
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--report", type=int, metavar="NUMBER", help="one report of the trial, by its number"
        )
        which.add_argument(
            "--sealed",
            action="store_true",
            help="also the ad hoc reports that only the board knows of, not for blinded people",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        kept = [one for path in options["heads"] for one in read_kept_file(path).snapshots]
        listed = list(_listed(options["trial"], options["report"], kept))
        missing = list(_missing(kept, options["trial"], options["report"]))
        sealed = list(_sealed(options["trial"])) if options["sealed"] else []
        differing = self._name_differences([*listed, *sealed, *missing])
        if differing:
            raise CommandError(
                f"{differing} of {len(listed) + len(sealed) + len(missing)} reports are not what their snapshots give."
            )
        reports = f"{len(listed)} reports"
        if options["sealed"]:
            reports += f" and {len(sealed)} sealed reports"
        self.stdout.write(f"{reports} verified: every document is what its snapshot gives.")

    def _name_differences(self, verdicts: Iterable[Verdict]) -> int:
        """Write every difference; returns the number of reports with one."""
        differing = 0
        for name, differences in verdicts:
            differing += bool(differences)
            for difference in differences:
                self.stderr.write(f"{name}, {difference.kind}: {difference.what}")
        return differing


def _listed(trial_code: str | None, number: int | None, kept: Sequence[KeptSnapshot]) -> Iterator[Verdict]:
    for report in _chosen(trial_code, number):
        name = f"{report.trial.code}, report {report.number}"
        yield name, verify_report(report=report, at=timezone.now(), kept=kept)


def _missing(kept: Iterable[KeptSnapshot], trial_code: str | None, number: int | None) -> Iterator[Verdict]:
    """Reports that have a hash in the file and no row any more."""
    for trial, report in sorted({(one.trial, one.report) for one in kept}):
        is_asked = trial_code in (None, trial) and number in (None, report)
        if is_asked and not BoardReport.objects.ready().filter(trial__code=trial, number=report).exists():
            yield (
                f"{trial}, report {report}",
                (ReportDifference("report", "it is not there, though its hash was kept."),),
            )


def _sealed(trial_code: str | None) -> Iterator[Verdict]:
    trials = Trial.objects.order_by("code")
    for trial in trials if trial_code is None else trials.filter(code=trial_code):
        found = verify_sealed_reports(trial_id=trial.pk, at=timezone.now())
        for number, differences in found.items():
            yield f"{trial.code}, sealed report {number}", differences


def _chosen(trial_code: str | None, number: int | None) -> QuerySet[BoardReport]:
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
