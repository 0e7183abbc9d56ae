"""What the immunology app does when there is news, of lower apps or its own: a task is sent after commit, no more."""

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
    """Have the participant judged again after commit: t0 may have moved. The same for every arm.

    Robust and without a second try: the infusion is committed by then, and the sweep finds it again.
    """

    def send() -> None:
        judge_after_infusion.apply_async((infusion_id,), retry=False)

    transaction.on_commit(send, robust=True)


@receiver(product_changed, dispatch_uid="immunology_judge_after_product")
def judge_again_after_product(*, trial_id: int, participant_id: int | None, **_: Any) -> None:
    """Have one participant, or everybody, judged again after commit: another donor may be his. The same for every arm."""

    def send() -> None:
        judge_after_product.apply_async((trial_id, participant_id), retry=False)

    transaction.on_commit(send, robust=True)


@receiver(specimen_voided, dispatch_uid="immunology_judge_after_void")
def judge_without_a_specimen(*, trial_id: int, participant_id: int, **_: Any) -> None:
    """Have the participant judged again after commit. The same whether anything was measured in the tube or not."""

    def send() -> None:
        judge_after_void.apply_async((trial_id, participant_id), retry=False)

    transaction.on_commit(send, robust=True)


@receiver(other_causes_changed, dispatch_uid="immunology_judge_after_other_cause")
def judge_with_other_causes(*, trial_id: int, participant_id: int, **_: Any) -> None:
    """Have the participant judged again after commit: another cause is known. The same for every arm."""

    def send() -> None:
        judge_after_other_cause.apply_async((trial_id, participant_id), retry=False)

    transaction.on_commit(send, robust=True)
