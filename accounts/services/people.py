"""Writes about accounts and their roles, and the permission check of every service."""

from datetime import datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import SYSTEM_USERNAME, Membership, User
from accounts.queries import user_may
from accounts.services.addresses import note_change_of_address
from accounts.services.granting import check_grant
from audit.services import attributed


def require(*, by: User, action: Action, trial_code: str, site_code: str = "") -> None:
    """Raise `PermissionDenied` unless the account may do this there.

    The system's own account may: it runs commands.
    """
    if by.is_system or user_may(by, action, trial_code=trial_code, site_code=site_code):
        return
    raise PermissionDenied(_("Your account may not do this here: %(action)s.") % {"action": action.label})


def system_user() -> User:
    """The account in whose name commands and tasks write. It cannot sign in."""
    # An unusable password as Django's own, and the same on each site: a random one has no use and changes the trail's
    # hashes.
    unusable = UNUSABLE_PASSWORD_PREFIX
    user, _created = User.objects.get_or_create(
        username=SYSTEM_USERNAME, defaults={"is_active": False, "password": unusable}
    )
    return user


def save_account(*, user: User, by: User, at: datetime, reason: str) -> User:
    """Make or change an account: its names, its address, whether it may sign in.

    The trail stores no password.

    The old address is notified of a new address of a person who has a password. Raises `ValidationError`, also for
    another person's password and for the name of the system's own account, which may do everything.
    """
    require(by=by, action=Action.MANAGE_USERS, trial_code="")
    with attributed(by=by, at=at, reason=reason):
        before = User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
        _refuse_a_foreign_password(user, before, by)
        if before is not None:
            note_change_of_address(user=user, before=before, by=by, at=at)
        user.full_clean()
        user.save()
    return user


def _refuse_a_foreign_password(user: User, before: User | None, by: User) -> None:
    """The system makes the demonstration's accounts, whose passwords are public.

    No other account sets another's password.
    """
    is_changed = user.password != before.password if before else user.has_usable_password()
    if is_changed and not by.is_system and by.pk != user.pk:
        raise ValidationError(
            _("Password: nobody sets another person's; send a link instead. Nothing was saved.")
        )


def unlock_account(*, user: User, by: User, at: datetime, reason: str) -> User:
    """Exclude the wrong passwords typed so far with this person's name from the count."""
    require(by=by, action=Action.MANAGE_USERS, trial_code="")
    with attributed(by=by, at=at, reason=reason):
        row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        row.unlocked_at = at
        row.save(update_fields=["unlocked_at"])
    return row


def grant_membership(
    *, user: User, role: str, trial_code: str, site_code: str = "", by: User, at: datetime, reason: str
) -> Membership:
    """Give an account a role in a trial that exists, at a site that the trial has.

    Raises `ValidationError` for a blinded role beside an unblinded one, and for a blinded role of a person who has
    opened the trial's seal in an unblinded role.
    """
    require(by=by, action=Action.MANAGE_USERS, trial_code=trial_code)
    membership = Membership(user=user, role=role, trial_code=trial_code, site_code=site_code, granted_at=at)
    with attributed(by=by, at=at, reason=reason):
        User.objects.select_for_update(no_key=True).get(
            pk=user.pk
        )  # two concurrent grants would not see each other
        membership.full_clean()
        check_grant(membership)
        membership.save()
    return membership


def end_membership(*, membership: Membership, by: User, at: datetime, reason: str) -> Membership:
    """End a membership; the row stays, with its end. Raises `ValidationError` when it has ended before."""
    require(by=by, action=Action.MANAGE_USERS, trial_code=membership.trial_code)
    with attributed(by=by, at=at, reason=reason):
        if Membership.objects.select_for_update().get(pk=membership.pk).ended_at is not None:
            raise ValidationError(_("Membership: it has ended before; nothing was changed."))
        membership.ended_at = at
        membership.save(update_fields=["ended_at"])
    return membership
