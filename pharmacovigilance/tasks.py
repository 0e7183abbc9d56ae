"""Background work of pharmacovigilance: ids in, one service call; safe to run twice, safe to be killed."""

from celery import shared_task
from django.utils import timezone

from pharmacovigilance.services.hooks import tell_hooks
from pharmacovigilance.services.opening import take_in_event
from pharmacovigilance.services.reminding import remind as remind_people
from pharmacovigilance.services.sweeping import take_in_what_is_new


@shared_task
def take_in(event_id: int) -> None:
    """A serious event was recorded: open its case."""
    take_in_event(event_id=event_id, at=timezone.now())


@shared_task
def take_in_trial(trial_id: int) -> None:
    """An event of the trial changed: take in what is new to its case."""
    take_in_what_is_new(at=timezone.now(), trial_id=trial_id)


@shared_task
def sweep_cases() -> None:
    """Find in the rows the work of lost messages."""
    take_in_what_is_new(at=timezone.now())


@shared_task
def tell_web_hooks() -> None:
    """Tell the web hooks what changed."""
    tell_hooks(at=timezone.now())


@shared_task
def remind() -> None:
    """Remind people of what is due."""
    remind_people(at=timezone.now())
