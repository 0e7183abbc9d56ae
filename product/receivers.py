"""What the trials app does after its own news: it sends a task after commit, and nothing else."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from product.signals import unblinding_notices_put
from product.tasks import send_notices


@receiver(unblinding_notices_put, dispatch_uid="trials_send_unblinding_notices")
def send_unblinding_notices(**_: Any) -> None:
    """Have the outbox emptied after commit.

    Robust and without a second try: a broker that is away must not hold up an emergency. The sweep sends them.
    """

    def send() -> None:
        send_notices.apply_async(retry=False)

    transaction.on_commit(send, robust=True)
