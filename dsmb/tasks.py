"""Background work of the board's app: ids in, one service call; safe to run twice, safe to be killed."""

from celery import shared_task
from django.utils import timezone

from dsmb.services.messages import send_message as send_one_message
from dsmb.services.messages import send_notice_message as send_one_notice_message
from dsmb.services.messages import send_portal_notice as send_one_notice
from dsmb.services.messages import unsent_messages, unsent_notice_messages, unsent_portal_notices
from dsmb.services.reminders import queue_reminders


@shared_task
def send_messages() -> None:
    """Send everything in the outbox: a task each, so that one bad address does not block the others."""
    for message_id in unsent_messages():
        send_message.delay(message_id)
    for notice_id in unsent_portal_notices():
        send_portal_notice.delay(notice_id)
    for message_id in unsent_notice_messages():
        send_notice_message.delay(message_id)


@shared_task
def send_message(message_id: int) -> None:
    """Send one message, unless it was sent."""
    send_one_message(message_id=message_id, at=timezone.now())


@shared_task
def send_portal_notice(notice_id: int) -> None:
    """Send one notice about the portal, unless it was sent."""
    send_one_notice(notice_id=notice_id, at=timezone.now())


@shared_task
def send_notice_message(message_id: int) -> None:
    """Send one message about a letter of the board, unless it was sent."""
    send_one_notice_message(message_id=message_id, at=timezone.now())


@shared_task
def remind() -> None:
    """Put the due reminders into the outbox, and send them."""
    if queue_reminders(at=timezone.now()):
        send_messages.delay()
