"""The key of the coded arms: opened by the unblinded statistician only, each time with a recorded reason."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.services import cleared, require
from audit.services import attributed, first_version
from product.models import ArmKeyOpening, ArmLetter
from product.rules.unblinding import arm_refusals
from trials.models import ProtocolVersion, Trial
from webkit.refusals import raise_refusals


@dataclass(frozen=True)
class LetteredArm:
    """One line of the key."""

    letter: str
    arm_code: str
    arm_label: str


def open_arm_key(*, trial: Trial, by: User, at: datetime, reason: str) -> tuple[LetteredArm, ...]:
    """The arm of each letter, in the order of the letters.

    The opening is committed before the key is returned.

    Not for the system's account either: no task and no command needs the key. Raises PermissionDenied, and
    ValidationError for a reason that is blank or names an arm.
    """
    if by.is_system:
        raise PermissionDenied(_("The key is opened by a person."))
    require(by=by, action=Action.OPEN_ARM_KEY, trial_code=trial.code)
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
    raise_refusals(arm_refusals([("reason", reason)], protocol.arms), ArmKeyOpening)
    opening = cleared(
        ground=ClearanceGround.ROLE,
        by=by,
        trial_id=trial.pk,
        purpose=f"open the key of the coded arms: {reason}",
        at=at,
    )
    with transaction.atomic(durable=True), opening, attributed(by=by, reason=reason, at=at):
        row = ArmKeyOpening(trial=trial, opened_by=by, opened_at=at, reason=reason)
        first_version(row, at=at)
        row.full_clean()
        row.save()
        letters = list(ArmLetter.objects.filter(trial=trial).order_by("letter"))
    labels = {arm.code: arm.label for arm in protocol.arms}
    return tuple(
        LetteredArm(row.letter, row.arm_code, labels.get(row.arm_code, row.arm_code)) for row in letters
    )
