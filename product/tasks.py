"""Background work of the trials app: ids in, one service call; safe to run twice, safe to be killed."""

from celery import shared_task
from django.utils import timezone

from product.services.unblinding import send_notice as send_one_notice
from product.services.unblinding import unsent_notices


@shared_task
def send_notices() -> None:
    """Have every notice sent that waits in the outbox: a task each, so that one bad address holds up nobody.

    Also the sweep, each minute: it finds from the rows alone what a lost message would have set going.
    """
    for notice_id in unsent_notices():
        send_notice.delay(notice_id)


@shared_task
def send_notice(notice_id: int) -> None:
    """Send one notice, unless it has left."""
    send_one_notice(notice_id=notice_id, at=timezone.now())
