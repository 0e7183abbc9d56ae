"""The letters of the coded arms: drawn when a protocol is loaded, never changed, sealed."""

from datetime import datetime
from random import SystemRandom

from django.db import transaction

from accounts.choices import ClearanceGround
from accounts.models import User
from accounts.services import cleared
from audit.services import attributed, first_version
from product.models import ArmLetter
from product.rules.arm_letters import drawn_letters
from trials.models import ProtocolVersion, Trial


@transaction.atomic
def draw_arm_letters(*, trial: Trial, by: User, at: datetime, reason: str) -> None:
    """Give every arm of the newest protocol version a random letter, once.

    Letters are never changed (sealed).

    The source of chance is that of the operating system, without a seed, so that the draw cannot be repeated. The
    trial's row is locked: a concurrent call finds the letters and draws none.
    """
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
    purpose = "draw the letters of the coded arms"
    with (
        cleared(ground=ClearanceGround.RANDOMISATION, by=by, trial_id=trial.pk, purpose=purpose, at=at),
        attributed(by=by, reason=reason, at=at),
    ):
        Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
        taken = dict(ArmLetter.objects.filter(trial=trial).values_list("arm_code", "letter"))
        codes = [arm.code for arm in protocol.arms]
        for arm_code, letter in drawn_letters(codes, taken, SystemRandom()).items():
            row = ArmLetter(trial=trial, arm_code=arm_code, letter=letter)
            first_version(row, at=at)
            row.save()
