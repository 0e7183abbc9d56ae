"""`manage.py check_table FILE`: list the errors of a printed table."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.rules.printed_csv import COLUMNS, rows_from_csv
from reports.rules.printed_table import CommonTest, PrintedError, PrintedRow, PrintedTableError, wrong_figures

Rows = tuple[PrintedRow, ...]
Findings = tuple[PrintedError, ...]

TESTS: dict[CommonTest, str] = {
    "chi_square": "chi-square without correction",
    "chi_square_yates": "chi-square with Yates's correction",
    "fisher": "Fisher's exact test",
    "freeman_halton": "Freeman and Halton's exact test",
    "mid_p": "Fisher's mid-p",
}
WRONG = 1
UNUSABLE = 2


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name}: cannot be read ({error.strerror}).", returncode=UNUSABLE) from error


def _as_json(_rows: Rows, findings: Findings) -> str:
    return json.dumps([_as_dict(finding) for finding in findings], indent=1, ensure_ascii=False)


def _as_dict(finding: PrintedError) -> dict[str, Any]:
    """Numbers as numbers; a printed bound (`<0.001`) stays text."""
    return {
        "label": finding.label,
        "arm": finding.arm,
        "kind": finding.kind,
        "printed": _number_or_text(finding.printed),
        "computed": None if finding.computed is None else float(finding.computed),
        "test": finding.test,
    }


def _number_or_text(printed: str) -> float | str:
    try:
        return float(printed.removesuffix("%"))
    except ValueError:
        return printed


def _as_text(rows: Rows, findings: Findings) -> str:
    lines = [_as_line(finding) for finding in findings]
    verdict = (
        f"{len(findings)} of the figures cannot be right." if findings else "Nothing that cannot be right."
    )
    return "\n".join([*lines, f"{len(rows)} lines checked. {verdict}"])


def _as_line(finding: PrintedError) -> str:
    place = finding.label if finding.arm is None else f"{finding.label}, {finding.arm}"
    computed = "nothing to compute from" if finding.computed is None else f"computed {finding.computed}"
    by = "" if finding.test is None else f" ({TESTS[finding.test]})"
    return f"{place}: {finding.kind.replace('_', '-')} printed {finding.printed}, {computed}{by}"


def _as_markdown(_rows: Rows, findings: Findings) -> str:
    """A table for the documentation: printed values beside computed ones."""
    lines = ["| Row | Arm | Figure | Printed | Computed |", "|---|---|---|--:|--:|"]
    for found in findings:
        computed = "–" if found.computed is None else found.computed
        kind = found.kind.replace("_", "-")
        lines.append(f"| {found.label} | {found.arm or 'both'} | {kind} | {found.printed} | {computed} |")
    return "\n".join(lines)


FORMATS = {"text": _as_text, "json": _as_json, "markdown": _as_markdown}


class Command(BaseCommand):
    help = (
        "List the percentages and p-values of a printed table that cannot be right. "
        f"FILE is CSV with the columns {','.join(COLUMNS)}. "
        "Exit status 0: nothing listed, 1: something is listed, 2: the file cannot be used."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the table as CSV, or - for standard input")
        parser.add_argument("--format", choices=tuple(FORMATS), default="text")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            rows = rows_from_csv(_read(options["file"]))
            findings = wrong_figures(rows)
        except PrintedTableError as error:
            raise CommandError(f"{options['file']}: {error}", returncode=UNUSABLE) from error
        self.stdout.write(FORMATS[options["format"]](rows, findings))
        if findings:
            sys.exit(WRONG)
