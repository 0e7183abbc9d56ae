"""Background work of the events app: ids in, one service call; safe to run twice, safe to be killed."""

from celery import shared_task
from django.utils import timezone

from events.services import notices


@shared_task
def sweep_notices() -> None:
    """Create notices for serious events without one, found from the rows."""
    notices.notify_of_missed_events(at=timezone.now())
