"""`manage.py import_sdtm FOLDER --protocol FILE [--dry-run]`: read the SDTM data sets of one study, all or nothing."""

import argparse
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.services import system_user
from interchange.rules import DATASETS, BadRow
from interchange.rules.remarks import NOT_USED, ImportRemark
from interchange.services import (
    Imported,
    StudyRefusedError,
    StudySource,
    count_of,
    import_study,
    rehearse_study,
)
from interchange.services.reading import Declared, Folder, UnreadableFolderError, read_folder
from trials.rules.protocol import ProtocolError, protocol_content


class Command(BaseCommand):
    help = (
        "Import the SDTM data sets dm, ex, ae, ds, vs, cm, is and their supp-- from a folder (.csv, .xpt or Dataset-JSON "
        "1.1 .json and .ndjson). One bad row, and nothing is written; every bad row is listed. The same folder again "
        "changes nothing."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder of one study's data sets")
        parser.add_argument("--protocol", type=Path, required=True, help="the study's protocol file (TOML)")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done, and write nothing"
        )

        parser.add_argument(
            "--missing",
            action="append",
            default=[],
            metavar="WORD",
            help="a word that stands for a missing value, such as NA; may be given several times",
        )
        parser.add_argument(
            "--records",
            action="append",
            default=[],
            type=record_count,
            metavar="AE=1191",
            help="how many records the sender says a data set has; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        declared = Declared(frozenset(options["missing"]), dict(options["records"]))
        folder, content = self._read(options["folder"], options["protocol"], declared)
        source = StudySource(folder.name, folder.datasets, folder.bad_rows, folder.remarks)
        verb = rehearse_study if options["dry_run"] else import_study
        try:
            imported = verb(source=source, protocol_content=content, by=system_user(), at=timezone.now())
        except StudyRefusedError as refused:
            self.stdout.write(bad_row_lines(refused.bad_rows))
            raise CommandError(f"{count_of(refused.bad_rows)}; nothing was imported.") from refused
        except ProtocolError as error:
            raise CommandError(f"{options['protocol']}: nothing was imported.\n{error}") from error
        except ValidationError as error:
            raise CommandError("Nothing was imported.\n" + "\n".join(error.messages)) from error
        self.stdout.write("\n".join(summary_lines(imported, folder.notes, rehearsed=options["dry_run"])))

    def _read(self, folder: Path, protocol: Path, declared: Declared) -> tuple[Folder, dict[str, Any]]:
        try:
            return read_folder(folder, declared, besides=[protocol]), protocol_content(protocol.read_bytes())
        except (UnreadableFolderError, ProtocolError) as error:
            raise CommandError(f"Nothing was imported.\n{error}") from error
        except OSError as error:
            raise CommandError(f"{protocol}: the protocol file cannot be read ({error.strerror}).") from error


def record_count(text: str) -> tuple[str, int]:
    """`AE=1191` as a data set and its number of records."""
    name, _, count = text.partition("=")
    if name.lower() not in DATASETS or not count.isascii() or not count.isdigit():
        raise argparse.ArgumentTypeError(
            f"{text!r} is no data set with its number of records, such as AE=1191"
        )
    return name.lower(), int(count[:9])


def bad_row_lines(bad_rows: Iterable[BadRow]) -> str:
    """Every bad row as CSV with the heading file, line, variable, value, reason; line 0 is the whole file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("file", "line", "variable", "value", "reason"))
    writer.writerows((bad.file, bad.line, bad.variable, bad.value, bad.reason) for bad in bad_rows)
    return text.getvalue()


def summary_lines(imported: Imported, notes: Iterable[str], *, rehearsed: bool) -> Iterator[str]:
    """The result of an import, in words. Without arms, products, doses, lots and antibodies."""
    yield f"{imported.trial_code}: folder {imported.folder_name}, sha256 of its open content {imported.content_sha256}"
    yield from (f"Note: {note}." for note in notes)
    for kind, counts in imported.counts.items():
        yield f"{kind}: {counts.new} new, {counts.changed} changed, {counts.unchanged} unchanged, {counts.absent} absent"
    if imported.new_sites:
        yield f"Sites made that the trial did not have: {', '.join(imported.new_sites)}"
    for variable, count in imported.enrolment_sources.items():
        yield f"Enrolment date taken from {variable}: {count} participants"
    yield from (_remark_line(remark) for remark in imported.remarks)
    yield from (f"Recorded earlier, no longer in the files, and kept: {record}" for record in imported.absent)
    yield from _finding_lines(imported)
    yield _conclusion(imported, rehearsed=rehearsed)


def _remark_line(remark: ImportRemark) -> str:
    kind = "Not used" if remark.code == NOT_USED else "Remark"
    who = f"{remark.participant}, " if remark.participant else ""
    place = "" if remark.message.startswith(remark.record) else f"{remark.record}: "
    return f"{kind}: {place}{who}{f'“{remark.detail}”: ' if remark.detail else ''}{remark.message}"


def _finding_lines(imported: Imported) -> Iterator[str]:
    yield f"Findings to reconcile: {len(imported.findings)}"
    for code, count in sorted(Counter(finding.code for finding in imported.findings).items()):
        yield f"  {code}: {count}"
    for finding in imported.findings:
        place = f"{finding.origin.file} line {finding.origin.line}"
        yield f"  {place}: {finding.participant}, {finding.record}: {finding.message}"


def _conclusion(imported: Imported, *, rehearsed: bool) -> str:
    if not imported.wrote:
        return "Nothing changed: the trial has all of these open records already. Of sealed records nothing is said."
    return "Dry run: nothing was written." if rehearsed else "Imported."
