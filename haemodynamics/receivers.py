"""What the events app does when lower apps have news: it sends a task after commit, and nothing else."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from haemodynamics.tasks import evaluate_infusion
from trials.signals import infusion_changed


@receiver(infusion_changed, dispatch_uid="events_evaluate_after_infusion")
def evaluate_after_infusion(*, infusion_id: int, **_: Any) -> None:
    """Have the infusion's window evaluated after commit: its start, or the participant's death, has moved it.

    Robust and without a second try: the infusion is committed by then, and the sweep finds it again.
    """

    def send() -> None:
        evaluate_infusion.apply_async((infusion_id,), retry=False)

    transaction.on_commit(send, robust=True)
