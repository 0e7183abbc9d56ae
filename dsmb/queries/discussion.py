"""Members' comments on a report. Needs an open clearance."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from dsmb.models import BoardComment
from reports.choices import ReportFormat, ReportKind, ReportState
from reports.models import BoardReport, ReportDocument


@dataclass(frozen=True)
class Thread:
    """A comment and its answers, the oldest first.

    `about` is the title of the table, empty: the whole report.
    """

    comment: BoardComment
    about: str
    answers: tuple[BoardComment, ...]


def sections_of(report: BoardReport) -> Mapping[str, str]:
    """The tables of the closed report, id to title, in its order; none while the report is being made."""
    document = ReportDocument.objects.filter(
        report=report, report__state=ReportState.READY, kind=ReportKind.CLOSED, format=ReportFormat.JSON
    ).first()
    if document is None:
        return {}
    return {table["id"]: table["title"] for table in json.loads(bytes(document.content))["tables"]}


def threads_of(report: BoardReport, sections: Mapping[str, str]) -> tuple[Thread, ...]:
    """All comments on the report, void ones too, by thread."""
    rows = BoardComment.objects.filter(report=report).select_related("author").order_by("written_at", "id")
    answers: dict[int, list[BoardComment]] = {}
    for row in rows:
        if row.reply_to_id:
            answers.setdefault(row.reply_to_id, []).append(row)
    return tuple(
        Thread(row, sections.get(row.section, row.section), tuple(answers.get(row.pk, ())))
        for row in rows
        if row.reply_to_id is None
    )
