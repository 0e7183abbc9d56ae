"""A corrected report: a new version with the old cut-off, that says what it changed; the old one stays."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services import system_user
from audit.services import attributed, next_version
from events.models import AdverseEvent
from reports.choices import ReportKind
from reports.documents import document_of
from reports.models import BoardMessage, BoardReport, ReportSnapshot
from reports.services.claiming import claim_report
from reports.services.correcting import create_corrected_report
from reports.services.looks import create_due_reports
from reports.services.making import freeze_report
from tests.factories import make_user, save_row, unsealed
from tests.integration.reports.board_trials import LATER, enrol_many, make_plainly, report_event, treat
from tests.plugins.shared_rows import shared_rows
from trials.models import Participant, Trial

BACKEND = "django.contrib.auth.backends.ModelBackend"
CORRECTED = LATER + timedelta(days=2)
REASON = "the grade had been read from another participant's chart"


@shared_rows
def ready(trial: Trial) -> BoardReport:
    """The report of the tenth enrolment, made, with an event of grade 2."""
    people = enrol_many(trial, 10)
    for person in people:
        treat(person)
    report_event(people[0], grade=2, severity="MODERATE")
    (report,) = create_due_reports(trial_id=trial.pk, at=LATER)
    return make_plainly(report)


def change(
    row: object, *, at=LATER + timedelta(days=1), reason: str = "source checked", **values: object
) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    next_version(row, at=at)
    with attributed(by=system_user(), reason=reason, at=at):
        row.save()


def correct(report: BoardReport, **values: object) -> BoardReport:
    return create_corrected_report(
        **{"report": report, "by": system_user(), "at": CORRECTED, "reason": REASON, **values}
    )


def snapshot(report: BoardReport, kind: ReportKind) -> dict:
    with unsealed(report.trial):
        return json.loads(bytes(ReportSnapshot.objects.get(report=report, kind=kind).content))


def frozen(report: BoardReport, kind: ReportKind = ReportKind.CLOSED) -> dict:
    claim = claim_report(report_id=report.pk, at=CORRECTED)
    assert claim is not None
    return json.loads(freeze_report(claim=claim, at=CORRECTED)[kind])


def test_new_version_holds_the_correction_and_the_old_one_does_not(ready):
    change(AdverseEvent.objects.get(), grade=3)
    corrected = correct(ready)

    before, after = snapshot(ready, ReportKind.CLOSED), frozen(corrected)

    assert [event["grade"] for event in before["frames"]["adverse_events"]] == [2]
    assert [event["grade"] for event in after["frames"]["adverse_events"]] == [3]
    assert (after["version"], after["look"]) == (2, 10)
    assert after["data_cutoff_at"] == before["data_cutoff_at"]


@pytest.mark.parametrize("count", [1, 4])
def test_reasons_of_a_tables_corrections_are_one_query(ready, count):
    for person in Participant.objects.order_by("pk")[1:count]:
        report_event(person, grade=2, severity="MODERATE")
    for event in AdverseEvent.objects.all():
        change(event, reason=f"chart of {event.pk}", grade=3)
    corrected = correct(ready)

    with CaptureQueriesContext(connection) as queries:
        content = frozen(corrected)

    order = 'ORDER BY "audit_entry"."at" ASC, "audit_entry"."id" ASC'
    reasons = [each["sql"] for each in queries if each["sql"].endswith(order)]
    assert len(reasons) == len(ReportKind)
    assert len(content["corrections"]["changes"]) == count
    assert all(line["reasons"] != ["source checked"] for line in content["corrections"]["changes"])


@pytest.mark.parametrize("kind", ReportKind)
def test_new_version_lists_what_changed_and_why(ready, kind):
    change(AdverseEvent.objects.get(), grade=3)
    corrected = correct(ready)

    content = frozen(corrected, kind)

    (line,) = content["corrections"]["changes"]
    person = Participant.objects.get(enrolment_number=1)
    assert len(line.pop("by")) == len(line.pop("at")) == 1
    assert line == {
        "frame": "adverse_events",
        "key": {"participant": person.code, "event": 1},
        "column": "grade",
        "before": 2,
        "after": 3,
        "reasons": ["source checked"],
    }
    table = document_of(json.dumps(content).encode())["tables"][0]
    assert (table["id"], len(table["rows"])) == ("version_changes", 1)
    assert REASON in table["notes"][0]


def test_what_was_entered_or_happened_after_the_cutoff_stays_out(ready):
    first, second = Participant.objects.order_by("enrolment_number")[:2]
    save_row(AdverseEvent(**late_event(first)), at=LATER)
    died_at = ready.data_cutoff_at + timedelta(days=5)
    change(
        second,
        has_died=True,
        died=f"{died_at:%Y-%m-%d}",
        died_earliest_at=died_at,
        died_latest_at=died_at,
        status="died",
    )

    content = frozen(correct(ready))

    assert len(content["frames"]["adverse_events"]) == 1
    assert content["frames"]["deaths"] == []
    assert content["corrections"]["changes"] == []
    assert content["entered_after_cutoff"]["adverse_events"] == 1


def late_event(person: Participant) -> dict:
    event = AdverseEvent.objects.get()
    kept = {f.attname: getattr(event, f.attname) for f in event._meta.concrete_fields if not f.primary_key}
    return {**kept, "participant_id": person.pk, "number": 2}


def test_voided_record_leaves_the_new_version(ready):
    change(AdverseEvent.objects.get(), voided_at=LATER, void_reason="entered twice", reason="entered twice")

    content = frozen(correct(ready))

    (line,) = [line for line in content["corrections"]["changes"] if line["frame"] == "adverse_events"]
    assert (line["before"], line["after"], line["reasons"]) == ("there", "not there", ["entered twice"])


def test_third_version_compares_with_the_second(ready):
    event = AdverseEvent.objects.get()
    change(event, grade=3)
    second = make_plainly(correct(ready), at=CORRECTED)
    change(event, at=CORRECTED + timedelta(days=1), grade=4, reason="read again")

    third = correct(second, at=CORRECTED + timedelta(days=2))
    content = frozen(third)

    (line,) = content["corrections"]["changes"]
    assert (third.report_version, line["before"], line["after"], line["reasons"]) == (3, 3, 4, ["read again"])


def test_members_are_told_of_the_new_version(ready):
    make_user("board_member", trial=ready.trial)

    corrected = make_plainly(correct(ready), at=CORRECTED)

    assert BoardMessage.objects.filter(report=corrected).count() == 1


def test_report_is_corrected_once(ready):
    correct(ready)

    with pytest.raises(ValidationError, match="version 2 of it is there already"):
        correct(ready)
    assert BoardReport.objects.count() == 2


def test_report_in_the_making_is_not_corrected(trial):
    enrol_many(trial, 10)
    (report,) = create_due_reports(trial_id=trial.pk, at=LATER)

    with pytest.raises(ValidationError, match="still being made"):
        correct(report)


@pytest.mark.parametrize("role", ["board_chair", "board_member", "data_manager", "sponsor"])
def test_only_the_statistician_corrects(ready, role):
    with pytest.raises(PermissionDenied):
        correct(ready, by=make_user(role, trial=ready.trial))
    assert BoardReport.objects.count() == 1


def test_correction_needs_a_reason(ready):
    with pytest.raises(ValidationError, match="say why"):
        correct(ready, reason="  ")
    assert BoardReport.objects.count() == 1


def test_version_that_corrects_nothing_is_refused_by_the_database(ready):
    row = BoardReport(trial=ready.trial, look=10, number=9, report_version=2, corrections_until=CORRECTED)

    with pytest.raises(IntegrityError, match="reports_boardreport_correction_whole"), transaction.atomic():
        save_row(row)


def test_owed_looks_are_not_owed_again_by_a_correction(ready):
    correct(ready)

    assert create_due_reports(trial_id=ready.trial_id, at=CORRECTED) == ()


def test_statistician_asks_for_the_new_version_on_its_page(ready, client):
    client.force_login(make_user("unblinded_statistician", trial=ready.trial), backend=BACKEND)
    page = reverse("board:correct", args=[ready.pk])

    empty, sent = client.post(page, {"reason": " "}), client.post(page, {"reason": REASON})

    corrected = BoardReport.objects.get(corrects=ready)
    assert (empty.status_code, sent.status_code, sent.url) == (
        400,
        302,
        reverse("board:report", args=[corrected.pk]),
    )
    assert corrected.reason == REASON
    assert (
        "Version 2 corrects this report"
        in client.get(reverse("board:report", args=[ready.pk])).content.decode()
    )
    assert client.post(page, {"reason": "again"}).status_code == 400


@pytest.mark.parametrize("role", ["board_chair", "data_manager"])
def test_page_of_a_new_version_is_not_there_for_others(ready, client, role):
    client.force_login(make_user(role, trial=ready.trial), backend=BACKEND)

    assert client.get(reverse("board:correct", args=[ready.pk])).status_code == 404
    assert "Make a new version" not in client.get(reverse("board:report", args=[ready.pk])).content.decode()
