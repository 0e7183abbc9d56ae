"""What the trials app does after its own news: it sends a task after commit, and nothing else."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from accounts.models import User
from product.services.arm_letters import draw_arm_letters
from product.signals import unblinding_notices_put
from product.tasks import send_notices
from trials.models import Trial
from trials.signals import protocol_loaded


@receiver(unblinding_notices_put, dispatch_uid="trials_send_unblinding_notices")
def send_unblinding_notices(**_: Any) -> None:
    """Have the outbox emptied after commit.

    Robust and without a second try: a broker that is away must not hold up an emergency. The sweep sends them.
    """

    def send() -> None:
        send_notices.apply_async(retry=False)

    transaction.on_commit(send, robust=True)


@receiver(protocol_loaded, dispatch_uid="product_draw_arm_letters")
def draw_letters_of_new_arms(*, trial_id: int, by: User, at: datetime, reason: str, **_: Any) -> None:
    """Draw the letters in the transaction of the loading: a report must never find an arm without one."""
    draw_arm_letters(trial=Trial.objects.get(pk=trial_id), by=by, at=at, reason=reason)
