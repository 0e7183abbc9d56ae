"""Receivers of the events' signals. Each sends a task after the commit and does nothing else."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from events.signals import adverse_event_changed, serious_event_recorded
from pharmacovigilance.tasks import take_in, take_in_trial


@receiver(serious_event_recorded, dispatch_uid="pharmacovigilance_open_case")
def open_case(*, event_id: int, **_: Any) -> None:
    """Open the case of a serious event after the commit.

    Errors are ignored without a retry: the sweep finds it.
    """

    def send() -> None:
        take_in.apply_async((event_id,), retry=False)

    transaction.on_commit(send, robust=True)


@receiver(adverse_event_changed, dispatch_uid="pharmacovigilance_take_in_changes")
def take_in_changes(*, trial_id: int, **_: Any) -> None:
    """Take in the changes of events with a case."""

    def send() -> None:
        take_in_trial.apply_async((trial_id,), retry=False)

    transaction.on_commit(send, robust=True)
