"""`manage.py export_icsr CASE --output FILE`: a signed version of a case as an E2B(R3) message, blinded."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pharmacovigilance.e2b.conformance import PROFILES
from pharmacovigilance.e2b.names import BATCH_ROOT
from pharmacovigilance.e2b.schema import NOT_LOADED, loaded_schema
from pharmacovigilance.models import SafetyCase
from pharmacovigilance.services.messages import message_of_version, signed_version


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
        case = SafetyCase.objects.with_relations().filter(worldwide_number=options["case"]).first()
        if case is None:
            raise CommandError(f"CASE: “{options['case']}” is no case.")
        try:
            version = signed_version(case, options["version_number"])
            message = message_of_version(
                case=case, version=version, profile=options["profile"], at=timezone.now()
            )
        except ValidationError as error:
            raise CommandError("\n".join([*error.messages, "Nothing was written."])) from error
        if loaded_schema(settings.E2B_SCHEMA_DIR, BATCH_ROOT) is None:
            self.stderr.write(NOT_LOADED)
        for sentence in message.warnings:
            self.stderr.write(f"warning: {sentence}")
        options["output"].write_bytes(message.content)
        self.stdout.write(f"{case}, version {version.number}: written to {options['output']}.")
