"""The board's reports: open ones that are listed, and those for the board only."""

from datetime import timedelta
from typing import Any

from accounts.services import system_user
from audit.services import attributed, next_version
from reports.choices import ReportFormat, ReportKind
from reports.documents import document_of, rendered
from reports.models import (
    BoardMessage,
    BoardReport,
    BoundaryState,
    PortalNotice,
    SealedReport,
    SealedReportDocument,
)
from reports.queries.snapshots import snapshots_of
from reports.rendering.document import canonical_bytes, sha256_hex
from reports.services.alert_answers import answer_alert
from reports.services.boundaries import check_boundaries
from reports.services.claiming import claim_report
from reports.services.looks import create_ad_hoc_report, create_report_of_look
from reports.services.making import freeze_report, keep_documents
from reports.services.reading import open_document
from reports.services.sealed_reports import request_sealed_report, share_sealed_report
from tests.factories import save_row, unsealed
from tests.house.blind.cast.base import CLOSED_WORD, NOW, SYSTEM, Cast
from tests.sealing import seal_everything


def alerts(cast: Cast) -> None:
    """Every boundary is checked; the chair answers an alert of a coded arm."""
    trial, chair = cast.everything.trial, cast.users["board_chair"]
    check_boundaries(trial_id=trial.pk, at=SYSTEM["at"])
    with unsealed(trial):
        alert = _alert_of(cast)
    said = f"{CLOSED_WORD}: {cast.feared} is watched more closely."
    answer_alert(alert_id=alert.pk, trial=trial, choice="continue", text=said, by=chair, at=SYSTEM["at"])


def _alert_of(cast: Cast) -> BoundaryState:
    """An alert as a check would have written it, had this arm reached the boundary.

    Two serious events would take days. No state has these counts, so the next check writes as much in each.
    """
    letter = cast.feared_arm[-1]
    counts = {"affected": 6, "evaluable": 6, "evidence": 0.95, "prompts": True, "is_alert": True}
    alert = BoundaryState(
        trial=cast.everything.trial,
        boundary="related-sae",
        protocol_version="1.0",
        arm=letter,
        sequence=9,
        **counts,
    )
    return save_row(alert)


def reports(cast: Cast) -> None:
    """A ready report of the report's own code, an ad hoc one that is only claimed, and who has read the first."""
    for role in ("board_member", "board_chair", "unblinded_statistician"):
        cast.users[role].email = f"{role}@board.example"
        cast.users[role].save(update_fields=["email"])
    by = {"by": system_user(), **SYSTEM}
    seal_everything()
    looked = create_report_of_look(trial=cast.everything.trial, look=7, **by)
    make(looked)
    claimed = create_ad_hoc_report(trial=cast.everything.trial, **by)
    claim_report(report_id=claimed.pk, at=NOW)
    cast.everything.add(BoardReport.objects.get(pk=looked.pk))
    cast.everything.add(BoardMessage.objects.earliest("pk"))
    cast.add_extra(claimed)
    _read(cast, looked)


def make(report: BoardReport) -> None:
    """As the task makes it, but for the closed documents: they take seconds, and nobody blinded gets them.

    In their place stands the closed snapshot that they are made of.
    """
    claim = claim_report(report_id=report.pk, at=NOW)
    assert claim is not None
    frozen = freeze_report(claim=claim, at=NOW)
    documents = {
        ReportKind.OPEN: opened(frozen[ReportKind.OPEN]),
        ReportKind.CLOSED: {
            ReportFormat.JSON: b'{"tables": [], "frozen": ' + frozen[ReportKind.CLOSED] + b"}"
        },
    }
    keep_documents(claim=claim, documents=documents, at=NOW)


_drawn: dict[bytes, dict[ReportFormat, bytes]] = {}


def opened(snapshot: bytes) -> dict[ReportFormat, bytes]:
    """The documents of an open report, rendered once where two states froze the same bytes.

    Tables and renderer get these bytes only, and use neither model nor query (tests/house/test_ladder.py).
    """
    if snapshot not in _drawn:
        _drawn[snapshot] = rendered(document_of(snapshot))
    return _drawn[snapshot]


def _read(cast: Cast, report: BoardReport) -> None:
    """The open trail records every opening of a report, of whichever kind."""
    for role, kind in (("sponsor", ReportKind.OPEN), ("board_member", ReportKind.CLOSED)):
        asked: dict[str, Any] = {"report": report, "kind": kind, "report_format": ReportFormat.JSON}
        open_document(**asked, by=cast.users[role], at=NOW)


def sealed_reports(cast: Cast) -> None:
    """The chair requests an ad hoc report because of an arm, and shares it; and more of them in some states."""
    trial, chair = cast.everything.trial, cast.users["board_chair"]
    for number in range(1 + cast.draw.extra):
        why = {
            "reason": f"{CLOSED_WORD}: {cast.feared} once more ({number}).",
            "by": chair,
            "at": SYSTEM["at"],
        }
        report = request_sealed_report(trial=trial, **why)
        _make_sealed(report)
        if number == 0:
            share_sealed_report(report_id=report.pk, trial=trial, **{**why, "at": NOW - timedelta(minutes=1)})
    cast.everything.add(PortalNotice.objects.earliest("pk"))


def _make_sealed(report: SealedReport) -> None:
    """As the task makes it, with the snapshot in place of the documents, which take seconds."""
    draft = BoardReport(trial=report.trial, report_version=report.number, trigger=report.trigger)
    made: dict[str, Any] = {"by": system_user(), "reason": "made in JSON alone", "at": NOW}
    with unsealed(report.trial), attributed(**made):
        frozen = canonical_bytes(snapshots_of(draft, cutoff=report.data_cutoff_at)[ReportKind.CLOSED])
        report.content, report.sha256, report.ready_at = frozen, sha256_hex(frozen), NOW
        next_version(report, at=NOW)
        report.save()
        content = frozen
        document = SealedReportDocument(
            trial=report.trial,
            report=report,
            format=ReportFormat.JSON,
            content=content,
            sha256=sha256_hex(content),
        )
        save_row(document, at=NOW)
