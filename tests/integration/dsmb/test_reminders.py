"""Reminders: once per interval to members who have not opened the report, and to the sponsor for an overdue answer."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts.models import Membership
from accounts.services import end_membership, system_user
from dsmb import tasks
from dsmb.models import NoticeMessage
from dsmb.services.messages import send_message, send_notice_message
from dsmb.services.reminders import queue_reminders
from dsmb.services.sponsor_answers import answer_recommendation
from reports.choices import ReportFormat, ReportKind
from reports.models import BoardMessage
from reports.services.reading import open_document
from tests.factories import make_user
from tests.integration.dsmb.meeting_steps import make_board, make_ready_report
from tests.integration.reports.board_trials import LATER, make_board_trial
from tests.plugins.shared_rows import shared_rows

EVERY = timedelta(days=3)
DUE = timedelta(days=14)


@shared_rows
def report(trial, member):
    """A report of which the member was notified."""
    report = make_ready_report(trial, look=10)
    BoardMessage.objects.create(report=report, recipient=member, created_at=LATER)
    return report


def reminders() -> list[tuple[str, int]]:
    rows = BoardMessage.objects.filter(kind="reminder").order_by("number")
    return list(rows.values_list("recipient__first_name", "number"))


def test_reminder_is_owed_once_per_interval(report):
    owed = [queue_reminders(at=LATER + EVERY * part) for part in (0.99, 1, 1.5, 1.99, 2)]

    assert owed == [0, 1, 0, 0, 1]
    assert reminders() == [("Ada", 1), ("Ada", 2)]


def test_after_an_outage_the_last_reminder_is_owed_and_not_all(report):
    queue_reminders(at=LATER + EVERY * 5)

    assert reminders() == [("Ada", 5)]


def test_reminders_end_when_the_report_is_opened(report, member):
    queue_reminders(at=LATER + EVERY)
    open_document(
        report=report, kind=ReportKind.CLOSED, report_format=ReportFormat.HTML, by=member, at=LATER + EVERY
    )

    assert queue_reminders(at=LATER + EVERY * 2) == 0
    assert not BoardMessage.objects.filter(read_at=None).exists()


def test_whoever_left_the_board_is_not_reminded(report, member):
    end_membership(
        membership=Membership.objects.get(user=member),
        by=system_user(),
        at=LATER,
        reason="has left the board",
    )

    assert queue_reminders(at=LATER + EVERY) == 0


def test_report_that_a_newer_version_replaced_is_not_reminded_of(report, trial):
    make_ready_report(trial, look=10, number=2, report_version=2)

    assert queue_reminders(at=LATER + EVERY) == 0


def test_reminder_holds_no_data_and_leaves_once(report, member):
    queue_reminders(at=LATER + EVERY)
    message = BoardMessage.objects.get(kind="reminder")

    assert send_message(message_id=message.pk, at=LATER + EVERY)
    assert not send_message(message_id=message.pk, at=LATER + EVERY)

    (email,) = mail.outbox
    assert email.subject == "STROMA-COV-2: a report for the board waits for you"
    assert f"/board/reports/{report.pk}/" in email.body
    assert report.snapshot_sha256[:8] not in email.body


def test_protocol_that_states_no_interval_reminds_nobody(db):
    trial = make_board_trial(board={"source": "states nothing"})
    member = make_user("board_member", trial=trial, email="a@b.example")
    BoardMessage.objects.create(report=make_ready_report(trial, look=10), recipient=member, created_at=LATER)

    assert queue_reminders(at=LATER + timedelta(days=400)) == 0


def test_task_run_twice_reminds_once(report):
    BoardMessage.objects.update(created_at=LATER - EVERY * 400)

    tasks.remind()
    tasks.remind()

    assert len(reminders()) == 1


class TestSponsor:
    @pytest.fixture
    def notice(self, trial):
        self.sponsor = make_user("sponsor", trial=trial, email="sponsor@example.org", language="fr")
        return make_board(trial).settle(conditions="Report deaths weekly.")

    def test_sponsor_is_told_of_the_letter_without_its_content(self, notice):
        message = NoticeMessage.objects.get(recipient=self.sponsor)

        assert send_notice_message(message_id=message.pk, at=LATER)
        assert not send_notice_message(message_id=message.pk, at=LATER)

        (email,) = mail.outbox
        assert email.to == ["sponsor@example.org"]
        assert "lettre du comité" in email.subject
        assert f"/board/notices/{notice.pk}/" in email.body
        for content in ("weekly", "Continue", "Poursuivre", "10"):
            assert content not in email.body.replace(f"/notices/{notice.pk}/", "")

    def test_sponsor_is_reminded_from_the_day_after_the_last_until_the_answer(self, notice):
        days = (14, 15, 16, 18, 19)
        owed = [queue_reminders(at=notice.sent_at + timedelta(days=day)) for day in days]
        answer_recommendation(
            notice=notice,
            answer="rejected",
            text="We disagree.",
            by=self.sponsor,
            at=notice.sent_at + DUE * 2,
        )

        assert owed == [0, 1, 0, 1, 0]
        assert queue_reminders(at=notice.sent_at + DUE * 3) == 0
