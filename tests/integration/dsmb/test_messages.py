"""The outbox: each recipient once, in their language, with a link and nothing else."""

import pytest
from django.core import mail

from accounts.services import system_user
from dsmb import tasks
from dsmb.services.messages import send_message, unsent_messages
from reports.models import BoardMessage
from reports.services.looks import create_ad_hoc_report, create_due_reports
from tests.factories import make_user
from tests.integration.reports.board_trials import LATER, enrol_many, make_plainly
from tests.plugins.shared_rows import shared_rows


@shared_rows
def message(trial, member) -> BoardMessage:
    enrol_many(trial, 10)
    (report,) = create_due_reports(trial_id=trial.pk, at=LATER)
    make_plainly(report)
    return BoardMessage.objects.get(recipient=member)


def test_message_is_sent_once(message):
    assert send_message(message_id=message.pk, at=LATER)
    assert not send_message(message_id=message.pk, at=LATER)

    assert [email.to for email in mail.outbox] == [["member@board.example"]]
    assert BoardMessage.objects.get(pk=message.pk).sent_at == LATER
    assert unsent_messages() == []


def test_message_holds_a_link_and_no_data(message):
    send_message(message_id=message.pk, at=LATER)

    (email,) = mail.outbox
    assert email.subject == "STROMA-COV-2: a report for the board is ready"
    assert f"/board/reports/{message.report_id}/" in email.body
    assert message.report.snapshot_sha256[:8] not in email.body
    assert email.attachments == []


def test_message_that_could_not_leave_stays_in_the_outbox(message, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    with pytest.raises(OSError, match="refused"):
        send_message(message_id=message.pk, at=LATER)

    assert unsent_messages() == [message.pk]


def test_message_is_sent_by_its_task_once(message):
    tasks.send_message(message.pk)
    tasks.send_message(message.pk)

    assert len(mail.outbox) == 1


def test_member_without_an_address_has_the_message_in_the_portal_only(trial):
    make_user("board_member", trial=trial)
    enrol_many(trial, 10)
    (report,) = create_due_reports(trial_id=trial.pk, at=LATER)
    make_plainly(report)

    assert BoardMessage.objects.filter(report=report).count() == 1
    assert unsent_messages() == []


def test_ad_hoc_report_sends_no_message(trial, member):
    make_plainly(create_ad_hoc_report(trial=trial, by=system_user(), at=LATER, reason="asked for"))

    assert not BoardMessage.objects.exists()
