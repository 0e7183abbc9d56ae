"""Checks after a storm: no acknowledged write is lost or doubled, and every look has its one complete report."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from accounts.services import system_user
from audit.models import Entry
from data_management.queries.trail_verification import verify_trial
from events.models import AdverseEvent
from reports.choices import ReportFormat, ReportKind, ReportState
from reports.models import BoardMessage, BoardReport, ReportDocument, ReportSnapshot
from reports.services.verifying import verify_report
from tests.factories import unsealed
from tests.sealing import seal_everything
from trials.models import Participant, Trial

Acknowledged = list[dict[str, Any]]


def wrongs(
    trial: Trial,
    looks: list[int],
    acknowledged: Acknowledged,
    logs: str,
    at: datetime,
    *,
    most_attempts: int,
) -> list[str]:
    """Every error, a sentence each; nothing when the site has recovered from the storm."""
    return [
        *_attempts(trial, most_attempts),
        *_enrolments(trial, acknowledged),
        *_events(trial, acknowledged),
        *_reports(trial, looks, at),
        *_trail(trial),
        *_chains(trial, at),
        *_logs(logs),
    ]


def is_calm(trial: Trial, looks: list[int]) -> bool:
    """Whether every look's report is ready."""
    ready = BoardReport.objects.filter(trial=trial, state=ReportState.READY).values_list("look", flat=True)
    return sorted(look for look in ready if look) == looks


def _enrolments(trial: Trial, acknowledged: Acknowledged) -> Iterator[str]:
    numbers = dict(Participant.objects.filter(trial=trial).enrolled().values_list("pk", "enrolment_number"))
    given = sorted(number for number in numbers.values() if number is not None)
    if given != list(range(1, len(numbers) + 1)):
        yield f"enrolment numbers have a gap or a double: {given}"
    for line in acknowledged:
        if line["kind"] == "enrolment" and line["participant"] not in numbers:
            yield f"the acknowledged enrolment of participant {line['participant']} is lost"


def _events(trial: Trial, acknowledged: Acknowledged) -> Iterator[str]:
    terms = Counter(AdverseEvent.objects.filter(trial=trial).values_list("reported_term", flat=True))
    ids = set(AdverseEvent.objects.filter(trial=trial).values_list("pk", flat=True))
    for line in acknowledged:
        if line["kind"] == "event" and (terms[line["marker"]] != 1 or line["id"] not in ids):
            yield f"the acknowledged event “{line['marker']}” is there {terms[line['marker']]} times"
    yield from (f"“{term}” is there {count} times" for term, count in terms.items() if count > 1)


def _reports(trial: Trial, looks: list[int], at: datetime) -> Iterator[str]:
    reports = list(BoardReport.objects.filter(trial=trial).order_by("look"))
    found = [(report.look, report.report_version, str(report.state)) for report in reports]
    if found != [(look, 1, "ready") for look in looks]:
        yield f"reports: {found}"
    for report in reports:
        yield from (
            f"look {report.look}: {one.kind} {one.what}" for one in verify_report(report=report, at=at)
        )
        yield from _contents(trial, report)


def _attempts(trial: Trial, most: int) -> Iterator[str]:
    """No second worker makes a leased report: more attempts than strikes means that two made the same report."""
    begun = dict(BoardReport.objects.filter(trial=trial).values_list("look", "attempt"))
    if sum(begun.values()) > most:
        yield f"reports were begun {begun} times by look, and strikes explain {most} in all at most"


def _contents(trial: Trial, report: BoardReport) -> Iterator[str]:
    with unsealed(trial):
        documents = Counter(ReportDocument.objects.filter(report=report).values_list("kind", "format"))
        snapshots = ReportSnapshot.objects.filter(report=report).count()
        opened = ReportDocument.objects.filter(
            report=report, kind=ReportKind.OPEN, format=ReportFormat.JSON
        ).first()
        enrolled = json.loads(bytes(opened.content))["arms"][0]["enrolled"] if opened else None
    if (
        set(documents.values()) != {1}
        or len(documents) != len(ReportKind) * len(ReportFormat)
        or snapshots != 2
    ):
        yield f"look {report.look}: documents {dict(documents)}, {snapshots} snapshots"
    if enrolled != report.look:
        yield f"look {report.look}: its report counts {enrolled} enrolled"
    doubled = Counter(BoardMessage.objects.filter(report=report).values_list("recipient_id", flat=True))
    if not doubled or set(doubled.values()) != {1}:
        yield f"look {report.look}: messages to each member {list(doubled.values())}"


def _trail(trial: Trial) -> Iterator[str]:
    """Each event and each enrolment was recorded exactly once."""
    for model in (AdverseEvent, Participant):
        table = model._meta.db_table
        entries = Entry.objects.filter(trial_id=trial.pk, table_name=table)
        first = Counter(entries.filter(change="INSERT").values_list("row_id", flat=True))
        rows = set(model.objects.filter(trial=trial).values_list("pk", flat=True))
        if set(first) != rows or set(first.values()) - {1}:
            yield f"{table}: {len(rows)} rows, {sum(first.values())} first entries in the trail"


OWN_ENTRIES = 2
"""Sealed entries of the verification itself: its clearance and its entry in the log of openings."""


def _chains(trial: Trial, at: datetime) -> Iterator[str]:
    """The blocks of two workers are one unbroken chain, which has every entry once the rest is sealed."""
    seal_everything()
    verdict = verify_trial(trial=trial, kept=(), rows=True, by=system_user(), at=at)
    yield from (f"trail: {finding.kind}: {finding.what}" for finding in verdict.findings)
    for name, state in verdict.chains.items():
        if state.unsealed > (OWN_ENTRIES if name == "sealed" else 0):
            yield f"trail: {state.unsealed} entries of {name} are in no block"


def _logs(logs: str) -> Iterator[str]:
    """The protections make the database's last refusal unnecessary: it must not occur."""
    if "IntegrityError" in logs or "UniqueViolation" in logs:
        yield "a process ran into a constraint of the database"
