"""One-time links with which a person sets a password: sent to the person's own address, made when the mail is sent.

No other person ever sets or sees a password (21 CFR 11.300). A link works once, for `PASSWORD_RESET_TIMEOUT`, and
becomes invalid when the password, the address or the last sign-in changes. The present password stays valid until the
person sets a new one: sending a link therefore locks no person out.
"""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts.choices import Action, Role
from accounts.models import User
from accounts.rules import ADDRESS_CHANGE_SETTLES
from accounts.services.addresses import is_address_fresh
from accounts.services.mails import queue_mails
from accounts.services.people import require
from audit.choices import standing_reason
from audit.services import attributed

LINK, PASSWORD_SET = "password-link", "password-set"
SET_BY_OWNER = standing_reason("password changed by its owner")


def send_link(*, user: User, by: User, at: datetime, reason: str) -> None:
    """Send a one-time link to the person's own address, and record that in the trail.

    Raises `ValidationError` for a closed account, for one without an address, and for 24 hours after its address was
    changed, unless the sender is another administrator who has been one for as long: the person who redirects the mail
    cannot also send the link.
    """
    require(by=by, action=Action.MANAGE_USERS, trial_code="")
    with attributed(by=by, at=at, reason=reason):
        person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        _check_reachable(person)
        if is_address_fresh(person, at=at) and not _is_second_administrator(by, person, at):
            raise ValidationError(
                _(
                    "E-mail address: it was changed less than 24 hours ago. Another administrator, who has been one "
                    "for 24 hours, may send the link now; nothing was sent."
                )
            )
        person.link_sent_at = at
        person.save(update_fields=["link_sent_at"])
        _queue_link(person, at, about=f"{person.pk} {at.isoformat()}")


def request_link(*, username: str, at: datetime) -> None:
    """A visitor gives a user name.

    The person's own address gets a link, at most once in a quarter of an hour.

    The response does not reveal whether there is such an account.
    """
    person = User.objects.filter(username=username, is_active=True).exclude(email="").first()
    if person is None or person.is_system or is_address_fresh(person, at=at):
        return
    _queue_link(person, at, about=f"{person.pk} asked {at:%Y-%m-%dT%H} {at.minute // 15}")


def link_for(user: User) -> str:
    """A working link. It is made when the mail is sent, and is not stored."""
    parts = [urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)]
    return settings.SITE_URL.rstrip("/") + reverse("password_link", args=parts)


def set_own_password(*, user: User, password: str, at: datetime) -> None:
    """Set a person's own new password, already validated. The other sessions end, and the person gets a mail."""
    with attributed(by=user, at=at, reason=SET_BY_OWNER):
        user.set_password(password)
        user.save(update_fields=["password"])
        queue_mails(kind=PASSWORD_SET, about=f"{user.pk} {at.isoformat()}", at=at, to=[user])


def _is_second_administrator(by: User, person: User, at: datetime) -> bool:
    if by.is_system or by.pk == person.email_changed_by_id:
        return False
    standing = by.memberships.filter(role=Role.ADMINISTRATOR, ended_at=None)
    return standing.filter(granted_at__lte=at - ADDRESS_CHANGE_SETTLES).exists()


def _check_reachable(person: User) -> None:
    if not person.is_active or person.is_system:
        raise ValidationError(_("Active: a closed account gets no link; nothing was sent."))
    if not person.email:
        raise ValidationError(_("E-mail address: the account has none; nothing was sent."))


def _queue_link(person: User, at: datetime, *, about: str) -> None:
    queue_mails(kind=LINK, about=about, at=at, addresses=[person.email], words={"user": person.pk})
