"""`manage.py export_sdtm TRIAL FOLDER`: write AE and SUPPAE of a trial, open data alone."""

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from interchange.rules.event_lines import COLUMNS, SUPP_COLUMNS, Line
from interchange.services.exporting import export_events
from trials.models import Trial


class Command(BaseCommand):
    help = (
        "Write the recorded adverse events of a trial as SDTM into a folder: ae.csv and suppae.csv. One line per event at "
        "its worst, or one per change of the grade, as `lines` under [dictionary] of the protocol says. No arm is read."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("trial", help="the trial's code")
        parser.add_argument("folder", type=Path, help="the folder to write into; made when it is not there")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        trial = Trial.objects.filter(code=options["trial"]).first()
        if trial is None:
            raise CommandError(f"No trial has the code {options['trial']}.")
        ae, supp = export_events(trial=trial, at=timezone.now())
        folder: Path = options["folder"]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / "ae.csv", COLUMNS, ae)
            _write(folder / "suppae.csv", SUPP_COLUMNS, supp)
        except OSError as error:
            raise CommandError(f"{folder}: cannot be written ({error.strerror}).") from error
        self.stdout.write(f"{folder}: ae.csv with {len(ae)} lines, suppae.csv with {len(supp)}.")


def _write(path: Path, columns: Sequence[str], lines: Sequence[Line]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
