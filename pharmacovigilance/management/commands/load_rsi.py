"""`manage.py load_rsi FILE --by USERNAME [--sign]`: load one version of the reference safety information."""

from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from pharmacovigilance.services.rsi import LARGEST_FILE, load_rsi, sign_rsi


class Command(BaseCommand):
    """Reads one TOML file, all or nothing.

    The version is in force once it is signed: with --sign, or on its page.
    """

    help = "Load a version of the reference safety information from a TOML file (docs/pharmacovigilance.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, help="the user name of a safety officer of the trial")
        parser.add_argument("--sign", action="store_true", help="ask for the password and sign the version")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        person = User.objects.filter(username=options["by"], is_active=True).first()
        if person is None:
            raise CommandError(f"--by: “{options['by']}” is no active account; nothing was loaded.")
        if options["sign"] and not person.check_password(getpass(f"Password of {options['by']}: ")):
            raise CommandError("Password: it is not that person's; nothing was loaded.")
        content = _read(options["file"])
        try:
            version = load_rsi(content=content, by=person, at=timezone.now())
            if options["sign"]:
                sign_rsi(version=version, by=person, at=timezone.now())
        except (ValidationError, PermissionDenied) as refusal:
            said = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
            raise CommandError("\n".join(said)) from refusal
        state = "signed and in force" if options["sign"] else "loaded; it is in force once it is signed"
        self.stdout.write(f"{version.label}: {version.terms.count()} terms, {state}.")


def _read(path: Path) -> bytes:
    """At most one byte more than permitted, so that a huge file is refused in constant memory."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error
