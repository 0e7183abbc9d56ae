"""Background work of the haemodynamics app: ids in, one service call; safe to run twice, safe to be killed."""

from celery import shared_task
from django.utils import timezone

from haemodynamics.services import evaluate_changed_infusions, evaluate_one_infusion


@shared_task
def evaluate_infusion(infusion_id: int) -> None:
    """An infusion has changed: update its findings."""
    evaluate_one_infusion(infusion_id=infusion_id, at=timezone.now())


@shared_task
def sweep_infusions() -> None:
    """Find in the rows the infusions whose messages may have been lost."""
    evaluate_changed_infusions(at=timezone.now())
