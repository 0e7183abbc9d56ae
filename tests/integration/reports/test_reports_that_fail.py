"""A report that cannot be made stops after three attempts, two people get a mail, and a person starts it again."""

import logging

import pytest
from django.core import mail as sent
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Mail
from accounts.services import send_mail, system_user, unsent_mails
from reports.choices import FailedStep, ReportKind, ReportState
from reports.models import LEASE, MOST_TRIES, BoardReport, ReportSnapshot
from reports.rendering.document import sha256_hex
from reports.services.claiming import claim_report
from reports.services.correcting import create_corrected_report
from reports.services.failing import give_up_dead_attempts, retry_report
from reports.services.looks import create_due_reports, unfinished_reports
from reports.services.making import make_report
from tests.factories import make_user, save_row, unsealed
from tests.integration.reports.board_trials import LATER, enrol_many
from tests.plugins.shared_rows import shared_rows
from trials.models import Trial

BACKEND = "django.contrib.auth.backends.ModelBackend"
UNREADABLE = b'{"secret": "UC-MSC"}'


@shared_rows
def broken(trial: Trial) -> BoardReport:
    """A report whose frozen data no renderer can read."""
    enrol_many(trial, 10)
    (report,) = create_due_reports(trial_id=trial.pk, at=LATER)
    with unsealed(trial):
        for kind in ReportKind:
            row = ReportSnapshot(trial=trial, report=report, kind=kind, content=UNREADABLE)
            row.sha256 = sha256_hex(UNREADABLE)
            save_row(row)
    return report


def try_often(report: BoardReport, times: int = MOST_TRIES) -> BoardReport:
    for _ in range(times):
        assert not make_report(report_id=report.pk, at=LATER)
    return BoardReport.objects.select_related("trial").get(pk=report.pk)


def test_two_attempts_that_fail_leave_the_report_to_be_made(broken):
    report = try_often(broken, MOST_TRIES - 1)

    assert (report.state, report.tries, report.claimed_until) == (ReportState.OWED, 2, None)
    assert list(unfinished_reports(at=LATER)) == [broken.pk]
    assert not Mail.objects.exists()


def test_third_attempt_stops_it_with_its_reason_and_without_the_words_of_the_fault(broken, caplog):
    with caplog.at_level(logging.ERROR):
        report = try_often(broken)

    assert (report.state, report.failed_step, report.fault) == ("failed", FailedStep.DOCUMENTS, "KeyError")
    assert list(unfinished_reports(at=LATER + LEASE)) == []
    assert not make_report(report_id=report.pk, at=LATER + LEASE)
    assert f"report {report.pk}, attempt 3: documents, KeyError at" in caplog.text
    assert "UC-MSC" not in caplog.text


def test_data_manager_and_unblinded_statistician_are_told_once_without_content(broken):
    told = [
        make_user(role, trial=broken.trial, email=f"{role}@trial.example")
        for role in ("data_manager", "unblinded_statistician")
    ]
    make_user("board_member", trial=broken.trial, email="member@board.example")

    try_often(broken, MOST_TRIES + 2)
    for mail_id in unsent_mails():
        send_mail(mail_id=mail_id, at=LATER)

    assert sorted(mail.to[0] for mail in sent.outbox) == sorted(person.email for person in told)
    assert reverse("board:report", args=[broken.pk]) in sent.outbox[0].body
    for word in ("KeyError", "STROMA", "UC-MSC", "closed"):
        assert word not in sent.outbox[0].subject + sent.outbox[0].body


def test_report_whose_worker_died_three_times_is_given_up(broken):
    for number in range(MOST_TRIES):
        assert claim_report(report_id=broken.pk, at=LATER + number * LEASE) is not None
    give_up_dead_attempts(at=LATER + (MOST_TRIES - 1) * LEASE)
    assert BoardReport.objects.get().state == ReportState.OWED

    give_up_dead_attempts(at=LATER + MOST_TRIES * LEASE)

    report = BoardReport.objects.get()
    assert (report.state, report.failed_step, report.fault) == ("failed", FailedStep.WORKER, "")


def test_person_has_it_made_again_with_three_attempts_more(broken):
    manager = make_user("data_manager", trial=broken.trial)
    report = try_often(broken)

    again = retry_report(report=report, by=manager, at=LATER, reason="the row was set right")

    assert (again.state, again.tries, again.failed_step, again.fault) == ("owed", 0, "", "")
    assert try_often(again, 1).tries == 1
    with pytest.raises(ValidationError, match="only one that could not be made"):
        retry_report(report=report, by=manager, at=LATER, reason="twice")
    with pytest.raises(PermissionDenied):
        retry_report(report=report, by=make_user("sponsor", trial=report.trial), at=LATER, reason="no right")


def test_failed_report_is_not_corrected(broken):
    report = try_often(broken)

    with pytest.raises(ValidationError, match="could not be made"):
        create_corrected_report(report=report, by=system_user(), at=LATER, reason="wrong")


@pytest.mark.parametrize(("role", "sees_button"), [("data_manager", True), ("auditor", False)])
def test_page_shows_the_reason_and_the_button(broken, client, role, sees_button):
    report = try_often(broken)
    client.force_login(make_user(role, trial=report.trial), backend=BACKEND)

    page = client.get(reverse("board:report", args=[report.pk])).content.decode()
    index = client.get(reverse("board:index")).content.decode()

    assert "the documents could not be made of the frozen data" in page
    assert "Kind of the fault: KeyError" in page
    assert "Could not be made" in index
    assert ("Try again" in page) is sees_button
    answer = client.post(reverse("board:retry", args=[report.pk]), {"reason": "set right"})
    assert (answer.status_code == 302) is sees_button


def test_command_says_that_it_failed_and_another_has_it_made_again(broken, capsys):
    arguments = ("--enrolments", "10", "--kind", "open", "--format", "json")

    with pytest.raises(
        CommandError, match=r"report 1: the documents could not be made.*KeyError.*3 attempts"
    ):
        call_command("dsmb_report", broken.trial.code, *arguments)
    call_command("retry_report", broken.trial.code, "1")

    assert "is being made again" in capsys.readouterr().out
    assert BoardReport.objects.get().state == ReportState.OWED
