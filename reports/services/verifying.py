"""Proof that a stored report is the result of its snapshot: hashes and newly rendered bytes are compared."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from accounts.choices import ClearanceGround
from accounts.models import Clearance
from accounts.services import cleared, system_user
from audit.models import AuditedModel
from audit.queries.rows import check_these_rows
from reports.choices import ReportFormat, ReportKind
from reports.documents import document_of, rendered
from reports.models import BoardReport, ReportDocument, ReportSnapshot, SealedReport, SealedReportDocument
from reports.rendering.document import sha256_hex
from reports.rules.kept_heads import KeptSnapshot


@dataclass(frozen=True)
class ReportDifference:
    """A difference of a report, in one sentence."""

    kind: str
    what: str


def verify_report(
    *, report: BoardReport, at: datetime, kept: Sequence[KeptSnapshot] = ()
) -> tuple[ReportDifference, ...]:
    """Everything that differs; nothing when all that is stored agrees.

    Each hash fits, each document is rendered again byte for byte, each row is what the trail says of it, and each
    snapshot has the hash that was kept elsewhere (`kept`).
    """
    with _verifying(report.trial_id, at):
        snapshots = {ReportKind(row.kind): row for row in ReportSnapshot.objects.filter(report=report)}
        documents = list(ReportDocument.objects.filter(report=report))
        return (
            *(
                difference
                for kind in (ReportKind.OPEN, ReportKind.CLOSED)
                for difference in _differences(report, kind, snapshots.get(kind), documents)
            ),
            *_against_the_trail(report, snapshots, documents),
            *_against_kept(report, snapshots, kept),
        )


def verify_sealed_reports(*, trial_id: int, at: datetime) -> Mapping[int, tuple[ReportDifference, ...]]:
    """The differences of each sealed report of the trial that is ready, by its number.

    Opens one clearance, with the purpose of any other verification, also without such a report.
    """
    with _verifying(trial_id, at):
        reports = SealedReport.objects.filter(trial_id=trial_id, ready_at__isnull=False).order_by("number")
        return {
            report.number: tuple(
                _sealed_differences(report, list(SealedReportDocument.objects.filter(report=report)))
            )
            for report in reports
        }


def _verifying(trial_id: int, at: datetime) -> AbstractContextManager[Clearance]:
    return cleared(
        ground=ClearanceGround.REPORT,
        by=system_user(),
        trial_id=trial_id,
        purpose="Verify a kept report",
        at=at,
    )


def _against_the_trail(
    report: BoardReport, snapshots: Mapping[ReportKind, ReportSnapshot], documents: Sequence[ReportDocument]
) -> Iterator[ReportDifference]:
    """The rows that were written around the trail: also where content and hashes were replaced together."""
    kinds: dict[tuple[type[AuditedModel], int], str] = {(BoardReport, report.pk): "report"}
    kinds |= {(ReportSnapshot, row.pk): kind.value for kind, row in snapshots.items()}
    kinds |= {(ReportDocument, row.pk): row.kind for row in documents}
    for model in (BoardReport, ReportSnapshot, ReportDocument):
        ids = [pk for one, pk in kinds if one is model]
        for finding in check_these_rows(model, ids):
            yield ReportDifference(kinds[model, finding.row_id or 0], finding.what)


def _against_kept(
    report: BoardReport, snapshots: Mapping[ReportKind, ReportSnapshot], kept: Iterable[KeptSnapshot]
) -> Iterator[ReportDifference]:
    for one in kept:
        if (one.trial, one.report) == (report.trial.code, report.number):
            row = snapshots.get(ReportKind(one.kind))
            if row is None or row.sha256 != one.sha256:
                yield ReportDifference(
                    one.kind, f"its snapshot is not the one that was kept elsewhere as {one.sha256}."
                )


def _differences(
    report: BoardReport, kind: ReportKind, snapshot: ReportSnapshot | None, documents: list[ReportDocument]
) -> Iterator[ReportDifference]:
    if snapshot is None:
        yield ReportDifference(kind.value, "its snapshot is missing.")
        return
    yield from _snapshot_differences(kind, bytes(snapshot.content), snapshot.sha256)
    if kind == ReportKind.OPEN and snapshot.sha256 != report.snapshot_sha256:
        yield ReportDifference(kind.value, "the report names another snapshot.")
    kept = (row for row in documents if row.kind == kind.value)
    yield from _documents_differences(kind, bytes(snapshot.content), kept)


def _sealed_differences(
    report: SealedReport, documents: Sequence[SealedReportDocument]
) -> Iterator[ReportDifference]:
    content = bytes(report.content or b"")
    for model, ids in ((SealedReport, [report.pk]), (SealedReportDocument, [row.pk for row in documents])):
        for finding in check_these_rows(model, ids):
            yield ReportDifference(ReportKind.CLOSED.value, finding.what)
    yield from _snapshot_differences(ReportKind.CLOSED, content, report.sha256)
    yield from _documents_differences(ReportKind.CLOSED, content, documents)


def _snapshot_differences(kind: ReportKind, content: bytes, kept_sha256: str) -> Iterator[ReportDifference]:
    if sha256_hex(content) != kept_sha256:
        yield ReportDifference(
            kind.value, "the snapshot's bytes do not have the SHA-256 that was kept with them."
        )


def _documents_differences(
    kind: ReportKind, content: bytes, documents: Iterable[ReportDocument | SealedReportDocument]
) -> Iterator[ReportDifference]:
    kept = {ReportFormat(row.format): row for row in documents}
    try:
        again = rendered(document_of(content))
    except ValueError:
        yield ReportDifference(
            kind.value, "the snapshot's bytes are no snapshot; no document can be made of them."
        )
        return
    for report_format, wanted in again.items():
        yield from _document_differences(kind, report_format, kept.get(report_format), wanted)


def _document_differences(
    kind: ReportKind,
    report_format: ReportFormat,
    row: ReportDocument | SealedReportDocument | None,
    wanted: bytes,
) -> Iterator[ReportDifference]:
    if row is None:
        yield ReportDifference(kind.value, f"the {report_format.label} document is missing.")
        return
    if sha256_hex(bytes(row.content)) != row.sha256:
        yield ReportDifference(
            kind.value, f"the {report_format.label} document does not have the SHA-256 that was kept with it."
        )
    if bytes(row.content) != wanted:
        yield ReportDifference(
            kind.value, f"the {report_format.label} document is not what its snapshot gives."
        )
