"""Background work of data management: one service call; safe to run twice, safe to be killed."""

from celery import shared_task
from django.utils import timezone

from data_management import services


@shared_task
def sweep_rules() -> None:
    """Raise what the rules have found, and close what the data have resolved, found from the rows alone."""
    services.sweep_rules(at=timezone.now())
