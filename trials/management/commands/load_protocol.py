"""`manage.py load_protocol FILE`: read a protocol file and store it as a version of its trial."""

import argparse
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.services import system_user
from trials.rules.protocol import ProtocolError, protocol_content
from trials.services import LoadedProtocol, load_protocol


class Command(BaseCommand):
    help = (
        "Load a protocol file (TOML). The same file again changes nothing; a changed one needs a new version."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="for example protocols/stroma-cov-2.toml")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        path: Path = options["file"]
        try:
            loaded = load_protocol(
                content=protocol_content(path.read_bytes()),
                by=system_user(),
                at=timezone.now(),
                reason=f"protocol file {path.name} loaded",
            )
        except (OSError, ProtocolError) as error:
            raise CommandError(f"{path}: nothing was loaded.\n{error}") from error
        except ValidationError as error:
            raise CommandError(f"{path}: nothing was loaded.\n" + "\n".join(error.messages)) from error
        self.stdout.write(_summary(loaded))


def _summary(loaded: LoadedProtocol) -> str:
    name = f"{loaded.trial.code}, version {loaded.version.label}"
    if not loaded.created:
        return f"{name}: was loaded before with the same content; nothing was changed."
    return f"{name}: loaded, effective from {loaded.version.effective_date.isoformat()}."
