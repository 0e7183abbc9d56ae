"""What the reports app does when lower apps have news: it sends a task after commit, and nothing else."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from events.signals import adverse_event_changed
from product.signals import allocation_changed
from reports.signals import report_owed, sealed_report_asked
from reports.tasks import check_boundaries, find_looks, make_report
from trials.signals import infusion_changed, participant_changed, participant_enrolled


@receiver(participant_enrolled, dispatch_uid="dsmb_look_after_enrolment")
def look_after_enrolment(*, trial_id: int, **_: Any) -> None:
    """Have the looks of the trial found after commit."""
    _after_commit(find_looks, trial_id)


@receiver(adverse_event_changed, dispatch_uid="dsmb_check_after_event")
@receiver(infusion_changed, dispatch_uid="dsmb_check_after_infusion")
@receiver(participant_changed, dispatch_uid="dsmb_check_after_participant")
@receiver(allocation_changed, dispatch_uid="dsmb_check_after_allocation")
@receiver(sealed_report_asked, dispatch_uid="dsmb_make_what_was_asked_for")
def check_after_news(*, trial_id: int, **_: Any) -> None:
    """Have the trial's boundaries checked after commit."""
    _after_commit(check_boundaries, trial_id)


@receiver(report_owed, dispatch_uid="dsmb_make_what_is_owed")
def make_what_is_owed(*, report_id: int, **_: Any) -> None:
    """Have the report made after commit."""
    _after_commit(make_report, report_id)


def _after_commit(task: Any, *ids: int) -> None:
    """Robust and without a second try, because what was recorded is committed by then.

    A broker that is away must not turn it into an error page. The sweep finds the same work.
    """

    def send() -> None:
        task.apply_async(ids, retry=False)

    transaction.on_commit(send, robust=True)
