"""What the accounts app does after its own news: it sends a task after commit, and nothing else."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from accounts.signals import mails_queued
from accounts.tasks import send_mails


@receiver(mails_queued, dispatch_uid="accounts_send_queued_mails")
def send_queued_mails(**_: Any) -> None:
    """Have the outbox sent after commit.

    Robust and without a second try: a broker that does not answer must not block the write. The sweep sends the mails.
    """

    def send() -> None:
        send_mails.apply_async(retry=False)

    transaction.on_commit(send, robust=True)
