"""Background work of the immunology app: ids in, one service call; safe to run twice, safe to be killed."""

from celery import shared_task
from django.utils import timezone

from immunology.services import judge_again_as_system, judge_every_trial, judge_infused_participant


@shared_task
def judge_after_infusion(infusion_id: int) -> None:
    """An infusion has changed: judge its participant again."""
    judge_infused_participant(infusion_id=infusion_id, at=timezone.now())


@shared_task
def judge_after_product(trial_id: int, participant_id: int | None) -> None:
    """Dispensed doses have changed: judge the participant again, or all of the trial when none is given."""
    judge_again_as_system(trial_id=trial_id, participant_id=participant_id, at=timezone.now())


@shared_task
def judge_after_void(trial_id: int, participant_id: int) -> None:
    """A tube was voided: judge its participant without it."""
    judge_again_as_system(trial_id=trial_id, participant_id=participant_id, at=timezone.now())


@shared_task
def judge_after_other_cause(trial_id: int, participant_id: int) -> None:
    """A blood product, another event, or a day's answer has changed: judge the participant again."""
    judge_again_as_system(trial_id=trial_id, participant_id=participant_id, at=timezone.now())


@shared_task
def sweep_findings() -> None:
    """Judge all again: finds the work of lost messages."""
    judge_every_trial(at=timezone.now())
