"""`manage.py propose_grades FILE --format json`: the CTCAE grades that the values of a file allow."""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.queries.grade_limits import WrittenResult, proposal_for

REQUIRED = ("case_id", "version", "term", "value", "unit")
OPTIONAL = ("lower_limit", "upper_limit", "baseline", "baseline_indicator", "high_indicator")


class Command(BaseCommand):
    help = (
        "The CTCAE grades that each value of a CSV allows, with the rule: none when it cannot be graded, 0 when it is "
        "not abnormal, several when the wording leaves them open. Nothing is recorded; no database is read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            type=Path,
            metavar="FILE",
            help=f"CSV with the columns {', '.join(REQUIRED)}; also read: {', '.join(OPTIONAL)}",
        )
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *_: Any, **options: Any) -> None:
        answers = [_answer(row) for row in _rows(options["file"])]
        self.stdout.write(
            json.dumps(answers, ensure_ascii=False) if options["format"] == "json" else _as_text(answers)
        )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
            if missing:
                raise CommandError(f"{path}: the columns {', '.join(missing)} are missing.")
            yield from reader
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{path}: cannot be read as CSV in UTF-8: {error}") from error


def _answer(row: dict[str, str]) -> dict[str, Any]:
    texts = {name: row.get(name) or "" for name in (*REQUIRED[1:], *OPTIONAL)}
    proposal = proposal_for(WrittenResult(**texts))
    return {"case_id": row["case_id"], "grades": list(proposal.grades), "rule": proposal.rule}


def _as_text(answers: list[dict[str, Any]]) -> str:
    return "\n".join(
        f"{one['case_id']}: {', '.join(map(str, one['grades'])) or '–'}  {one['rule']}" for one in answers
    )
