"""A trial with the shipped protocol, participants, infusions and events, for the tests of board reports."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from accounts.services import system_user
from reports.choices import ReportFormat, ReportKind
from reports.models import BoardReport, ReportDocument
from reports.rendering.document import Document, json_bytes
from reports.services.claiming import claim_report
from reports.services.looks import create_due_reports
from reports.services.making import freeze_report, keep_documents, make_report
from tests.factories import allocate, make_enrolled, make_event, make_infusion, unsealed
from trials.models import Participant, Site, Trial
from trials.services import load_protocol

PROTOCOL = Path(__file__).resolve().parents[3] / "protocols" / "stroma-cov-2.toml"
START = datetime(2020, 4, 6, 9, 0, tzinfo=UTC)
LATER = START + timedelta(days=300)
ARMS = ("UC-MSC", "PLACEBO")


def protocol_content(**changes: Any) -> dict[str, Any]:
    return tomllib.loads(PROTOCOL.read_text()) | changes


def make_board_trial(**changes: Any) -> Trial:
    """The trial of the shipped protocol; top-level keys of it may be changed."""
    return load_protocol(
        content=protocol_content(**changes), by=system_user(), at=START, reason="made for a test"
    ).trial


def arm_codes(trial: Trial) -> list[str]:
    return [arm["code"] for arm in protocol_content()["arms"]]


def enrolled_at(number: int) -> datetime:
    return START + timedelta(days=number)


def enrol_many(trial: Trial, count: int, *, site: Site | None = None) -> list[Participant]:
    """Participants enrolled one a day, allocated in turn, each treated once, with one event."""
    place = site or trial.sites.order_by("code").first()
    arms = arm_codes(trial)
    people = []
    for number in range(1, count + 1):
        at = enrolled_at(number)
        person = make_enrolled(
            trial, place, enrolled_at=at, enrolment_recorded_at=at, day0_date=at.date(), age_years=60,
            screened_date=at.date(),
        )  # fmt: skip
        allocate(person, arms[number % len(arms)])
        people.append(person)
    return people


def _enrolled(person: Participant) -> datetime:
    assert person.enrolled_at is not None
    return person.enrolled_at


def treat(person: Participant, **fields: Any) -> None:
    make_infusion(person, started_at=_enrolled(person) + timedelta(days=1), **fields)


def report_event(person: Participant, **fields: Any) -> Any:
    onset = _enrolled(person) + timedelta(days=2)
    values = {
        "onset": onset.date().isoformat(),
        "onset_earliest_at": onset.replace(hour=0) - timedelta(hours=2),
        "onset_latest_at": onset.replace(hour=21, minute=59, second=59),
    }
    return make_event(person, **(values | fields))


def make_look(trial: Trial, *, at: datetime = LATER) -> list[BoardReport]:
    """Create and make every look that is due."""
    reports = create_due_reports(trial_id=trial.pk, at=at)
    for report in reports:
        make_report(report_id=report.pk, at=at)
    return [BoardReport.objects.get(pk=report.pk) for report in reports]


def make_plainly(report: BoardReport, *, at: datetime = LATER) -> BoardReport:
    """Make a report with a few bytes in place of each document, because rendering takes seconds."""
    claim = claim_report(report_id=report.pk, at=at)
    assert claim is not None
    freeze_report(claim=claim, at=at)
    documents = {
        kind: {
            form: f"<style></style><body>{kind.value} {form.value}</body>".encode() for form in ReportFormat
        }
        | {ReportFormat.JSON: f'{{"kind": "{kind.value}", "tables": []}}\n'.encode()}
        for kind in ReportKind
    }
    keep_documents(claim=claim, documents=documents, at=at)
    return BoardReport.objects.get(pk=report.pk)


def json_alone(document: Document) -> dict[ReportFormat, bytes]:
    """Replaces `rendered`: the JSON document as it is, a few bytes for the others, which take seconds."""
    return {**dict.fromkeys(ReportFormat, b"<style></style>plain"), ReportFormat.JSON: json_bytes(document)}


def document(report: BoardReport, kind: ReportKind, report_format: ReportFormat = ReportFormat.JSON) -> bytes:
    with unsealed(report.trial):
        return bytes(ReportDocument.objects.get(report=report, kind=kind, format=report_format).content)
