"""Background work of the events app: ids in, one service call; safe to run twice, safe to be killed."""

from celery import shared_task
from django.utils import timezone

from events.queries.suggestions import participants_with_new_values
from events.services import notices, sponsor_updates, suggestions


@shared_task
def sweep_notices() -> None:
    """Tell of the serious events that nobody was told of, found from the rows alone."""
    notices.tell_of_untold_events(at=timezone.now())


@shared_task
def remind_of_serious_events() -> None:
    """Remind those who were told of a serious event, and have not acknowledged, that the sponsor's clock is ending."""
    sponsor_updates.remind_of_serious_events(at=timezone.now())


@shared_task
def propose_events(participant_id: int) -> None:
    """A value of the participant was measured, corrected or voided: bring the proposals up to it."""
    suggestions.refresh_suggestions(participant_id=participant_id, at=timezone.now())


@shared_task
def sweep_proposals() -> None:
    """Bring up to date the proposals of participants whose values changed lately, found from the rows alone."""
    at = timezone.now()
    for participant_id in participants_with_new_values(at=at):
        suggestions.refresh_suggestions(participant_id=participant_id, at=at)
