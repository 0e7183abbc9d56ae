"""`manage.py retry_report TRIAL NUMBER`: make a failed report again."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.services import system_user
from reports.models import BoardReport
from reports.services.failing import retry_report


class Command(BaseCommand):
    help = "Have a board report made again that could not be made; the worker makes it within a minute."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("trial", metavar="TRIAL", help="the trial's code")
        parser.add_argument(
            "number", metavar="NUMBER", type=int, help="the report's number, as the portal shows it"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        code, number = options["trial"], options["number"]
        report = BoardReport.objects.select_related("trial").filter(trial__code=code, number=number).first()
        if report is None:
            raise CommandError(f"NUMBER: {code} has no report {number}.")
        reason = "Asked for on the command line."
        try:
            retry_report(report=report, by=system_user(), at=timezone.now(), reason=reason)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"Report {number} of {code} is being made again.")
