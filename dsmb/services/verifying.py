"""Proof that a kept report is what its snapshot gives: hashes compared, documents rendered again, bytes
compared.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from accounts.choices import ClearanceGround
from accounts.models import Clearance
from accounts.services import cleared, system_user
from dsmb.choices import ReportFormat, ReportKind
from dsmb.documents import document_of, rendered
from dsmb.models import BoardReport, ReportDocument, ReportSnapshot, SealedReport, SealedReportDocument
from dsmb.rendering.document import sha256_hex


@dataclass(frozen=True)
class Difference:
    """Something of a report that is not what it should be, in one sentence."""

    kind: str
    what: str


def verify_report(*, report: BoardReport, at: datetime) -> tuple[Difference, ...]:
    """Everything that differs; nothing when each hash fits and each document is rendered again byte for byte."""
    with _verifying(report.trial_id, at):
        snapshots = {ReportKind(row.kind): row for row in ReportSnapshot.objects.filter(report=report)}
        documents = list(ReportDocument.objects.filter(report=report))
        return tuple(
            difference
            for kind in (ReportKind.OPEN, ReportKind.CLOSED)
            for difference in _differences(report, kind, snapshots.get(kind), documents)
        )


def verify_sealed_reports(*, trial_id: int, at: datetime) -> Mapping[int, tuple[Difference, ...]]:
    """What differs in each sealed report of the trial that is ready, by its number.

    Opens one clearance, with the purpose of any other verification, whether there is such a report or not.
    """
    with _verifying(trial_id, at):
        reports = SealedReport.objects.filter(trial_id=trial_id, ready_at__isnull=False).order_by("number")
        return {
            report.number: tuple(
                _sealed_differences(report, SealedReportDocument.objects.filter(report=report))
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


def _differences(
    report: BoardReport, kind: ReportKind, snapshot: ReportSnapshot | None, documents: list[ReportDocument]
) -> Iterator[Difference]:
    if snapshot is None:
        yield Difference(kind.value, "its snapshot is missing.")
        return
    yield from _snapshot_differences(kind, bytes(snapshot.content), snapshot.sha256)
    if kind == ReportKind.OPEN and snapshot.sha256 != report.snapshot_sha256:
        yield Difference(kind.value, "the report names another snapshot.")
    kept = (row for row in documents if row.kind == kind.value)
    yield from _documents_differences(kind, bytes(snapshot.content), kept)


def _sealed_differences(
    report: SealedReport, documents: Iterable[SealedReportDocument]
) -> Iterator[Difference]:
    content = bytes(report.content or b"")
    yield from _snapshot_differences(ReportKind.CLOSED, content, report.sha256)
    yield from _documents_differences(ReportKind.CLOSED, content, documents)


def _snapshot_differences(kind: ReportKind, content: bytes, kept_sha256: str) -> Iterator[Difference]:
    if sha256_hex(content) != kept_sha256:
        yield Difference(kind.value, "the snapshot's bytes do not have the SHA-256 that was kept with them.")


def _documents_differences(
    kind: ReportKind, content: bytes, documents: Iterable[ReportDocument | SealedReportDocument]
) -> Iterator[Difference]:
    kept = {ReportFormat(row.format): row for row in documents}
    try:
        again = rendered(document_of(content))
    except ValueError:
        yield Difference(kind.value, "the snapshot's bytes are no snapshot; no document can be made of them.")
        return
    for report_format, wanted in again.items():
        yield from _document_differences(kind, report_format, kept.get(report_format), wanted)


def _document_differences(
    kind: ReportKind,
    report_format: ReportFormat,
    row: ReportDocument | SealedReportDocument | None,
    wanted: bytes,
) -> Iterator[Difference]:
    if row is None:
        yield Difference(kind.value, f"the {report_format.label} document is missing.")
        return
    if sha256_hex(bytes(row.content)) != row.sha256:
        yield Difference(
            kind.value, f"the {report_format.label} document does not have the SHA-256 that was kept with it."
        )
    if bytes(row.content) != wanted:
        yield Difference(kind.value, f"the {report_format.label} document is not what its snapshot gives.")
