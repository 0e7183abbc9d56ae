"""Receivers of the immunology app. Each sends a task after the commit and does nothing else."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from assessments.signals import other_causes_changed
from immunology.signals import specimen_voided
from immunology.tasks import (
    judge_after_infusion,
    judge_after_other_cause,
    judge_after_product,
    judge_after_void,
)
from product.signals import product_changed
from trials.signals import infusion_changed


@receiver(infusion_changed, dispatch_uid="immunology_judge_after_infusion")
def judge_again(*, infusion_id: int, **_: Any) -> None:
    """Judge the participant again after the commit, because t0 may have changed. The same for every arm.

    Errors of the broker are ignored without a retry: the infusion is committed by then, and the sweep finds it.
    """

    def send() -> None:
        judge_after_infusion.apply_async((infusion_id,), retry=False)

    transaction.on_commit(send, robust=True)


@receiver(product_changed, dispatch_uid="immunology_judge_after_product")
def judge_again_after_product(*, trial_id: int, participant_id: int | None, **_: Any) -> None:
    """Judge one participant, or all, again after the commit, because the donor may differ.

    The same for every arm.
    """

    def send() -> None:
        judge_after_product.apply_async((trial_id, participant_id), retry=False)

    transaction.on_commit(send, robust=True)


@receiver(specimen_voided, dispatch_uid="immunology_judge_after_void")
def judge_without_a_specimen(*, trial_id: int, participant_id: int, **_: Any) -> None:
    """Judge the participant again after the commit. The same whether the tube had results or not."""

    def send() -> None:
        judge_after_void.apply_async((trial_id, participant_id), retry=False)

    transaction.on_commit(send, robust=True)


@receiver(other_causes_changed, dispatch_uid="immunology_judge_after_other_cause")
def judge_with_other_causes(*, trial_id: int, participant_id: int, **_: Any) -> None:
    """Judge the participant again after the commit, because another cause is known. The same for every arm."""

    def send() -> None:
        judge_after_other_cause.apply_async((trial_id, participant_id), retry=False)

    transaction.on_commit(send, robust=True)
