"""Receivers of the accounts app's own signals. Each sends a task after the commit and does nothing else."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from accounts.signals import mails_queued
from accounts.tasks import send_mails


@receiver(mails_queued, dispatch_uid="accounts_send_queued_mails")
def send_queued_mails(**_: Any) -> None:
    """Send the queued mails after the commit.

    Errors of the broker are ignored without a retry, because they must not block the write. The sweep sends the mails.
    """

    def send() -> None:
        send_mails.apply_async(retry=False)

    transaction.on_commit(send, robust=True)
