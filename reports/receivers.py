"""Receivers of the reports app. Each sends a task after the commit and does nothing else."""

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
    """Find the due looks of the trial after the commit."""
    _after_commit(find_looks, trial_id)


@receiver(adverse_event_changed, dispatch_uid="dsmb_check_after_event")
@receiver(infusion_changed, dispatch_uid="dsmb_check_after_infusion")
@receiver(participant_changed, dispatch_uid="dsmb_check_after_participant")
@receiver(allocation_changed, dispatch_uid="dsmb_check_after_allocation")
@receiver(sealed_report_asked, dispatch_uid="dsmb_make_what_was_asked_for")
def check_after_news(*, trial_id: int, **_: Any) -> None:
    """Check the trial's boundaries after the commit."""
    _after_commit(check_boundaries, trial_id)


@receiver(report_owed, dispatch_uid="dsmb_make_what_is_owed")
def make_what_is_owed(*, report_id: int, **_: Any) -> None:
    """Make the report after the commit."""
    _after_commit(make_report, report_id)


def _after_commit(task: Any, *ids: int) -> None:
    """Errors of the broker are ignored without a retry, because the data are committed by then.

    A broker that is down must not cause an error page. The sweep finds the same work.
    """

    def send() -> None:
        task.apply_async(ids, retry=False)

    transaction.on_commit(send, robust=True)
