"""A change of an account's e-mail address.

Password links go to that address, so the persons concerned are notified.
"""

from datetime import datetime

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_ids_with
from accounts.rules import ADDRESS_CHANGE_SETTLES
from accounts.services.mails import queue_mails

ADDRESS_CHANGED = "address-changed"


def note_change_of_address(*, user: User, before: User, by: User, at: datetime) -> None:
    """Before a changed account is saved: tell of a new e-mail address.

    Of somebody who has a password it is told to the old address, to the new one and to the other administrators. Who
    never had a password is still at the first link: a typing error is mended.
    """
    if user.email == before.email or not before.has_usable_password():
        return
    user.email_changed_at, user.email_changed_by = at, by
    others = {user.pk, *user_ids_with(Action.MANAGE_USERS, trial_code="")} - {by.pk}
    queue_mails(
        kind=ADDRESS_CHANGED,
        about=f"{user.pk} {at.isoformat()}",
        at=at,
        to=others | {user.pk},
        addresses=[before.email] if before.email else [],
        words={"user": user.pk, "by": by.pk},
    )


def is_address_fresh(user: User, *, at: datetime) -> bool:
    """Whether the address changed so recently that the person may not have noticed."""
    return user.email_changed_at is not None and at - user.email_changed_at < ADDRESS_CHANGE_SETTLES
