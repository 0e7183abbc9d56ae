"""`manage.py prepare_site`: all steps between an empty database and a site that can start.

Repeating it changes nothing.
"""

from typing import Any

from django.apps import apps
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Migrate, protect the database, compile translations, collect static files; with --demonstration load the trial."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demonstration", action="store_true", help="load the synthetic demonstration trial"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["demonstration"] and not apps.is_installed("demonstration"):
            raise CommandError(
                "The demonstration trial is not installed in production: leave --demonstration out."
            )
        call_command("migrate", interactive=False, verbosity=0)
        call_command("compile_translations")
        call_command("collectstatic", interactive=False, verbosity=0)
        if options["demonstration"]:
            call_command("seed_demo", stdout=self.stdout, stderr=self.stderr)
