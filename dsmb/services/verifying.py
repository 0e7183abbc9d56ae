"""Proof that a kept report is what its snapshot gives: hashes compared, documents rendered again, bytes
compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from accounts.choices import ClearanceGround
from accounts.services import cleared, system_user
from dsmb.choices import ReportFormat, ReportKind
from dsmb.documents import document_of, rendered
from dsmb.models import BoardReport, ReportDocument, ReportSnapshot
from dsmb.rendering.document import sha256_hex


@dataclass(frozen=True)
class Difference:
    """Something of a report that is not what it should be, in one sentence."""

    kind: str
    what: str


def verify_report(*, report: BoardReport, at: datetime) -> tuple[Difference, ...]:
    """Everything that differs; nothing when each hash fits and each document is rendered again byte for byte."""
    opening = cleared(
        ground=ClearanceGround.REPORT,
        by=system_user(),
        trial_id=report.trial_id,
        purpose="Verify a kept report",
        at=at,
    )
    with opening:
        snapshots = {ReportKind(row.kind): row for row in ReportSnapshot.objects.filter(report=report)}
        documents = list(ReportDocument.objects.filter(report=report))
        return tuple(
            difference
            for kind in (ReportKind.OPEN, ReportKind.CLOSED)
            for difference in _differences(report, kind, snapshots.get(kind), documents)
        )


def _differences(
    report: BoardReport, kind: ReportKind, snapshot: ReportSnapshot | None, documents: list[ReportDocument]
) -> Iterator[Difference]:
    if snapshot is None:
        yield Difference(kind.value, "its snapshot is missing.")
        return
    content = bytes(snapshot.content)
    if sha256_hex(content) != snapshot.sha256:
        yield Difference(kind.value, "the snapshot's bytes do not have the SHA-256 that was kept with them.")
    if kind == ReportKind.OPEN and snapshot.sha256 != report.snapshot_sha256:
        yield Difference(kind.value, "the report names another snapshot.")
    kept = {ReportFormat(row.format): row for row in documents if row.kind == kind.value}
    for report_format, wanted in rendered(document_of(content)).items():
        yield from _document_differences(kind, report_format, kept.get(report_format), wanted)


def _document_differences(
    kind: ReportKind, report_format: ReportFormat, row: ReportDocument | None, wanted: bytes
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
