"""Receivers of the haemodynamics app. Each sends a task after the commit and does nothing else."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from haemodynamics.tasks import evaluate_infusion
from trials.signals import infusion_changed


@receiver(infusion_changed, dispatch_uid="events_evaluate_after_infusion")
def evaluate_after_infusion(*, infusion_id: int, **_: Any) -> None:
    """Evaluate the infusion's window after the commit: its start, or the participant's death, has changed it.

    Errors of the broker are ignored without a retry: the infusion is committed by then, and the sweep finds it.
    """

    def send() -> None:
        evaluate_infusion.apply_async((infusion_id,), retry=False)

    transaction.on_commit(send, robust=True)
