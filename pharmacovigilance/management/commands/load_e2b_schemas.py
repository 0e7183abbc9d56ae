"""`manage.py load_e2b_schemas FOLDER`: store the operator's copy of the E2B(R3) schemas."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pharmacovigilance.e2b.schema import SchemaSetError, store_schemas


class Command(BaseCommand):
    help = (
        "Store the XSD set of E2B(R3) (coreschemas and multicacheschemas, from ICH's implementation package), with "
        "checksums. Messages are then checked against it. The same again changes nothing."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="folder that holds coreschemas and multicacheschemas")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            count = store_schemas(options["folder"], settings.E2B_SCHEMA_DIR)
        except SchemaSetError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} schema files are stored; messages are now checked against them.")
