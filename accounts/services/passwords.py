"""A password asked for again at an act that needs it (21 CFR 11.200), under the same limit of attempts as signing in."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User


def person_with(request: HttpRequest, *, username: str, password: str) -> User | None:
    """The active account of that user name and password, else None; why is not said."""
    return _authenticated(request, username, password)[0]


def own_password_refusal(request: HttpRequest, password: str) -> str:
    """Why the password does not count as the signed-in person's own, in a sentence; empty when it does.

    A wrong one counts like one at signing in. Whoever is shut out is told so: the right password is not called wrong.
    """
    me = request.user
    assert isinstance(me, User)
    found, is_shut_out = _authenticated(request, me.get_username(), password)
    if found == me:
        return ""
    if is_shut_out:
        minutes = settings.AXES_COOLOFF_TIME // timedelta(minutes=1)
        sentence = _(
            "Password: after too many wrong ones none is taken until %(minutes)s minutes after the last try; "
            "nothing was done."
        )
        return sentence % {"minutes": minutes}
    return _("Password: this is not your password; nothing was done.")


def _authenticated(request: HttpRequest, username: str, password: str) -> tuple[User | None, bool]:
    """Whose they are, and whether too many wrong ones came before.

    A refusal stays on the form, so that what was typed is not lost: the page for the shut out is not put in its place.
    """
    found = authenticate(request, username=username, password=password)
    is_shut_out = bool(getattr(request, "axes_locked_out", False))
    request.axes_locked_out = False  # type: ignore[attr-defined]
    return (found if isinstance(found, User) and not found.is_system else None), is_shut_out
