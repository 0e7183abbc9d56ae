"""Background work of the events app: ids in, one service call; safe to run twice, safe to be killed."""

from celery import shared_task
from django.utils import timezone

from events.queries.suggestions import participants_with_new_values
from events.services import notices, sponsor_updates, suggestions


@shared_task
def sweep_notices() -> None:
    """Create notices for serious events without one, found from the rows."""
    notices.notify_of_missed_events(at=timezone.now())


@shared_task
def remind_of_serious_events() -> None:
    """Remind the recipients of a serious event's notice, who have not acknowledged, of the sponsor's clock."""
    sponsor_updates.remind_of_serious_events(at=timezone.now())


@shared_task
def propose_events(participant_id: int) -> None:
    """A value of the participant was measured, corrected or voided: update the proposals."""
    suggestions.refresh_suggestions(participant_id=participant_id, at=timezone.now())


@shared_task
def sweep_proposals() -> None:
    """Bring up to date the proposals of participants whose values changed lately, found from the rows alone."""
    at = timezone.now()
    for participant_id in participants_with_new_values(at=at):
        suggestions.refresh_suggestions(participant_id=participant_id, at=at)
