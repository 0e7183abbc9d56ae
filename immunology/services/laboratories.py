"""Which account belongs to which laboratory: said by an administrator, and asked at every door of the laboratory."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import SYSTEM_USERNAME, User
from accounts.services import require
from audit.services import attributed, first_version, mark_void
from immunology.models import LaboratoryAccount
from immunology.queries.laboratories import laboratories_of
from trials.models import Trial


def bind_account(
    *, trial: Trial, laboratory: str, user: User, by: User, at: datetime, reason: str
) -> LaboratoryAccount:
    """Say that an account belongs to a laboratory."""
    require(by=by, action=Action.MANAGE_LABORATORIES, trial_code=trial.code)
    row = LaboratoryAccount(trial=trial, laboratory=laboratory.strip(), user=user)
    with attributed(by=by, reason=reason, at=at):
        first_version(row, at=at)
        row.full_clean()
        row.save()
    return row


def release_account(*, account: LaboratoryAccount, by: User, at: datetime, reason: str) -> None:
    """Say that an account belongs to a laboratory no more. It sees nothing of it from now on."""
    require(by=by, action=Action.MANAGE_LABORATORIES, trial_code=account.trial.code)
    with attributed(by=by, reason=reason, at=at):
        mark_void(account, reason=reason, at=at)
        account.save()


def require_laboratory(*, trial: Trial, laboratory: str, by: User) -> None:
    """Raise ValidationError when the account does not belong to the laboratory. The operator's command is of none."""
    if by.username == SYSTEM_USERNAME:
        return
    own = laboratories_of(user_id=by.pk, trial_id=trial.pk)
    if laboratory in own:
        return
    if own:
        message = _("Laboratory: “%(value)s” is not yours; your account belongs to %(own)s.")
        raise ValidationError({"laboratory": message % {"value": laboratory, "own": ", ".join(own)}})
    message = _("Laboratory: your account belongs to none in this trial; an administrator says to which.")
    raise ValidationError({"laboratory": message})
