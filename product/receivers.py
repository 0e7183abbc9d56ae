"""Receivers of the product app. Each sends a task after the commit and does nothing else."""

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
    """Send the outbox after the commit.

    Errors of the broker are ignored without a retry, because they must not delay an emergency. The sweep sends the
    notices.
    """

    def send() -> None:
        send_notices.apply_async(retry=False)

    transaction.on_commit(send, robust=True)


@receiver(protocol_loaded, dispatch_uid="product_draw_arm_letters")
def draw_letters_of_new_arms(*, trial_id: int, by: User, at: datetime, reason: str, **_: Any) -> None:
    """Draw the letters in the transaction of the loading, so that no report finds an arm without one."""
    draw_arm_letters(trial=Trial.objects.get(pk=trial_id), by=by, at=at, reason=reason)
