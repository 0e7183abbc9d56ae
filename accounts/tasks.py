"""Background work of the accounts app: ids in, one service call; safe to run twice, safe to be killed."""

from celery import shared_task
from django.utils import timezone

from accounts.services import forget_wrong_passwords, unsent_mails
from accounts.services import send_mail as send_one_mail


@shared_task
def send_mails() -> None:
    """Send every mail of the outbox: one task each, so that one bad address does not block the others.

    This is also the sweep, each minute: it finds mails in the rows whose messages were lost.
    """
    for mail_id in unsent_mails():
        send_mail.delay(mail_id)


@shared_task
def send_mail(mail_id: int) -> None:
    """Send one mail, unless it was sent."""
    send_one_mail(mail_id=mail_id, at=timezone.now())


@shared_task
def forget() -> None:
    """Each day: delete wrong passwords that are older than 90 days."""
    forget_wrong_passwords(at=timezone.now())
