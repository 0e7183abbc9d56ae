"""Background work of the product app: ids in, one service call; safe to run twice, safe to be killed."""

from celery import shared_task
from django.utils import timezone

from product.services.unblinding import send_notice as send_one_notice
from product.services.unblinding import unsent_notices


@shared_task
def send_notices() -> None:
    """Send every notice of the outbox: a task each, so that one bad address does not block the others.

    This is also the sweep, each minute: it finds notices in the rows whose messages were lost.
    """
    for notice_id in unsent_notices():
        send_notice.delay(notice_id)


@shared_task
def send_notice(notice_id: int) -> None:
    """Send one notice, unless it was sent."""
    send_one_notice(notice_id=notice_id, at=timezone.now())
