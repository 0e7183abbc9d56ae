"""`manage.py load_ctcae [FILE]`: the shipped terms, and NCI's wording when its table is given."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.services import system_user
from events.rules.ctcae_table import TableError
from events.services.vocabulary import LoadedTerms, load_official_wording, load_shipped_terms, numbered_rows

SHOWN = 20  # lines of refusals on a screen; the rest is counted


class Command(BaseCommand):
    help = (
        "Load the terms of CTCAE v5.0 and v6.0 (code, class, term, available grades). With FILE, NCI's table as CSV "
        "(UTF-8, its own headings), add the official wording of the grades. The same again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="NCI's table of one version as CSV")

    def handle(self, *_: Any, **options: Any) -> None:
        for loaded in load_shipped_terms(by=system_user(), at=timezone.now()):
            self.stdout.write(_said(loaded))
        if options["file"] is not None:
            self.stdout.write(f"wording: {_said(self._wording(options['file']))}")

    def _wording(self, path: Path) -> LoadedTerms:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = numbered_rows(csv.DictReader(file))
                return load_official_wording(numbered_rows=rows, by=system_user(), at=timezone.now())
        except OSError as error:
            raise CommandError(f"File: {path} cannot be read ({error.strerror}).") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise CommandError(
                f"File: {path} is no CSV in UTF-8 ({error}); save NCI's sheet as CSV UTF-8."
            ) from error
        except TableError as error:
            raise CommandError(_listed(path, error)) from error


def _said(loaded: LoadedTerms) -> str:
    return f"CTCAE v{loaded.version}: {loaded.terms} terms, {loaded.created} new, {loaded.changed} changed."


def _listed(path: Path, error: TableError) -> str:
    lines = [str(refusal) for refusal in error.refusals]
    rest = [f"… and {len(lines) - SHOWN} more."] if len(lines) > SHOWN else []
    return "\n".join([f"File: {path} is refused, no wording was loaded.", *lines[:SHOWN], *rest])
