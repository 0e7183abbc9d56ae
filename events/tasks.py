"""Background work of the events app: ids in, one service call; safe to run twice, safe to be killed."""

from celery import shared_task
from django.utils import timezone

from events.services import notices, sponsor_updates


@shared_task
def sweep_notices() -> None:
    """Tell of the serious events that nobody was told of, found from the rows alone."""
    notices.tell_of_untold_events(at=timezone.now())


@shared_task
def remind_of_serious_events() -> None:
    """Remind those who were told of a serious event, and have not acknowledged, that the sponsor's clock is ending."""
    sponsor_updates.remind_of_serious_events(at=timezone.now())
