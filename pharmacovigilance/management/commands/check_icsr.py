"""`manage.py check_icsr FILE --profile ich|fda|ema`: every rule that a message breaks."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pharmacovigilance.e2b.checking import MessageCheck, check_message
from pharmacovigilance.e2b.conformance import PROFILES
from pharmacovigilance.e2b.refusals import MessageError
from pharmacovigilance.e2b.schema import NOT_LOADED, SchemaSetError


class Command(BaseCommand):
    help = (
        "Check an ICSR batch (MCCI_IN200100UV01) against the schemas, when they are loaded, and the conformance rules of a "
        "profile. Exit status 1 when a rule of severity error is broken. Nothing is stored."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the message as XML")
        parser.add_argument("--profile", choices=PROFILES, default="ich", help="whose rules (default: ich)")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *_: Any, **options: Any) -> None:
        report = self._report(options["file"], options["profile"])
        if report.schema_valid is None:
            self.stderr.write(NOT_LOADED)
        self.stdout.write(_json(report) if options["format"] == "json" else _text(report))
        if report.has_errors:
            raise SystemExit(1)

    def _report(self, path: Path, profile: str) -> MessageCheck:
        try:
            with path.open("rb") as file:
                return check_message(
                    file, profile=profile, at=timezone.now(), schemas=settings.E2B_SCHEMA_DIR
                )
        except OSError as error:
            raise CommandError(f"File: {path} cannot be read ({error.strerror}).") from error
        except (MessageError, SchemaSetError) as error:
            raise CommandError(str(error)) from error


def _json(report: MessageCheck) -> str:
    return json.dumps(report.as_dict(), ensure_ascii=False, indent=2)


def _text(report: MessageCheck) -> str:
    schema = {True: "valid", False: "not valid", None: "not checked"}[report.schema_valid]
    lines = [f"Schema: {schema}.", *(f"{f.severity}: {f}" for f in report.findings)]
    lines += [f"not used: {piece}" for piece in report.not_used]
    return "\n".join(lines if report.findings else [*lines, "No rule of the profile is broken."])
