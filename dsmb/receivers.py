"""What the board's app does when lower apps have news: it sends a task after commit, and nothing else."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from dsmb.tasks import find_looks
from trials.signals import participant_enrolled


@receiver(participant_enrolled, dispatch_uid="dsmb_look_after_enrolment")
def look_after_enrolment(*, trial_id: int, **_: Any) -> None:
    """Have the looks of the trial found after commit.

    Robust and without a second try, because the enrolment is committed by then: a broker that is away must not
    turn it into an error page. The sweep finds the look.
    """

    def send() -> None:
        find_looks.apply_async((trial_id,), retry=False)

    transaction.on_commit(send, robust=True)
