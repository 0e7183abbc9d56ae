"""What events do when a value was measured: they send a task after commit, and nothing else."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from assessments.signals import laboratory_result_changed
from events.tasks import propose_events


@receiver(laboratory_result_changed, dispatch_uid="events_propose_events")
def propose_from_values(*, participant_id: int, **_: Any) -> None:
    """Propose events after commit. Robust and without a second try: the sweep finds it again."""

    def send() -> None:
        propose_events.apply_async((participant_id,), retry=False)

    transaction.on_commit(send, robust=True)
