"""What the board's app does when lower apps have news: it sends a task after commit, and nothing else."""

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from dsmb.tasks import find_looks
from trials.signals import participant_enrolled


@receiver(participant_enrolled, dispatch_uid="dsmb_look_after_enrolment")
def look_after_enrolment(*, trial_id: int, **_: Any) -> None:
    """Robust: a broker that is away must not turn an enrolment that is already committed into an error page.
    The sweep finds the look.
    """
    transaction.on_commit(partial(find_looks.delay, trial_id), robust=True)
