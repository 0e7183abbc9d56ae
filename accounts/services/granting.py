"""Reasons to refuse a role, beside the constraints of the membership itself.

Used by the service and the form.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.queries import has_opened_the_seal
from accounts.rules import is_blinded
from accounts.services.places import check_place

ONCE_UNBLINDED = _(
    "Role: this account has opened sealed data of the trial by an unblinded role, so it can hold no blinded role there."
)


def check_grant(membership: Membership) -> None:
    """Raise `ValidationError` for a place that does not exist, or a blinded role after an unblinded one.

    A blinded role is refused to somebody who opened the sealed rows of the trial by an unblinded role, however long ago
    that role ended (docs/decisions/0023).
    """
    trials = check_place(trial_code=membership.trial_code, site_code=membership.site_code)
    if not is_blinded(membership.role) or membership.user_id is None:
        return
    for trial in trials:
        if has_opened_the_seal(membership.user_id, trial_id=trial.trial_id, trial_code=trial.code):
            raise ValidationError({"role": ONCE_UNBLINDED})
