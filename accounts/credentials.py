"""A password asked for again at an act that needs it (21 CFR 11.200), under the same limit of attempts as signing in."""

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User

WRONG_PASSWORD = _lazy("Password: this is not your password; nothing was signed.")


def person_with(request: HttpRequest, *, username: str, password: str) -> User | None:
    """The active account of that user name and password, else None; why is not said.

    A locked account is refused like a wrong password, on the form, so that what was typed is not lost.
    """
    found = authenticate(request, username=username, password=password)
    request.axes_locked_out = False  # type: ignore[attr-defined]
    return found if isinstance(found, User) and not found.is_system else None


def is_own_password(request: HttpRequest, password: str) -> bool:
    """Whether the password is the signed-in person's own; a wrong one counts like one at signing in."""
    me = request.user
    assert isinstance(me, User)
    return person_with(request, username=me.get_username(), password=password) == me
