"""`manage.py export_icsr CASE --output FILE`: a signed version of a case as an E2B(R3) message, blinded."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pharmacovigilance.e2b.case_messages import CaseMessageError, icsr_of_case
from pharmacovigilance.e2b.checking import check_message
from pharmacovigilance.e2b.conformance import PROFILES
from pharmacovigilance.e2b.schema import NOT_LOADED, SchemaSetError
from pharmacovigilance.e2b.writing import write_batch
from pharmacovigilance.models import CaseVersion, SafetyCase
from pharmacovigilance.queries.case_reports import case_report


class Command(BaseCommand):
    help = (
        "Write a signed version of a case as an E2B(R3) message without the arm. A message that breaks a rule of severity "
        "error is not written: every rule is listed, with element and value."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """`--version` is the version of the case here, and not Django's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("case", help="world-wide unique number of the case")
        parser.add_argument(
            "--version-number", "--case-version", type=int, help="default: the last signed one"
        )
        parser.add_argument("--profile", choices=PROFILES, required=True)
        parser.add_argument("--output", type=Path, required=True)

    def handle(self, *_: Any, **options: Any) -> None:
        at = timezone.now()
        case = SafetyCase.objects.with_relations().filter(worldwide_number=options["case"]).first()
        if case is None:
            raise CommandError(f"CASE: “{options['case']}” is no case.")
        version = _version(case, options["version_number"])
        try:
            report = case_report(case=case, version=version, profile=options["profile"], at=at)
            content = write_batch(icsr_of_case(report))
            checked = check_message(
                content, profile=options["profile"], at=at, schemas=settings.E2B_SCHEMA_DIR
            )
        except (CaseMessageError, SchemaSetError) as error:
            raise CommandError(str(error)) from error
        if checked.schema_valid is None:
            self.stderr.write(NOT_LOADED)
        said = [f"{finding.severity}: {finding}" for finding in checked.findings]
        if checked.has_errors:
            refused = "The message breaks rules, so it does not leave; nothing was written."
            raise CommandError("\n".join([refused, *said]))
        for sentence in said:
            self.stderr.write(sentence)
        options["output"].write_bytes(content)
        self.stdout.write(f"{case}, version {version.number}: written to {options['output']}.")


def _version(case: SafetyCase, number: int | None) -> CaseVersion:
    wanted = case.last_version if number is None else number
    version = CaseVersion.objects.filter(case=case, number=wanted).first()
    if version is None:
        raise CommandError(f"Version: {wanted} of {case} is not signed; only a signed version leaves.")
    return version
