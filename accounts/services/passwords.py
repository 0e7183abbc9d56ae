"""The repeated password of acts that need it (21 CFR 11.200).

It is counted apart from attempts to sign in: what a stranger types with a person's name does not affect a person who is
signed in.
"""

from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import PasswordUse
from accounts.models import User
from accounts.services.tries import Checked, check_password


def person_with(request: HttpRequest, *, username: str, password: str) -> Checked:
    """The active account of the second person of an emergency, else None; the reason is not revealed."""
    return check_password(request, username=username, password=password, use=PasswordUse.SECOND)


def own_password_refusal(request: HttpRequest, password: str, *, use: PasswordUse = PasswordUse.AGAIN) -> str:
    """Why the password is not accepted as the signed-in person's own, in a sentence.

    Empty when it is accepted.

    After too many wrong ones in this session one password is checked per pause, and the sentence says so: the right
    password is not called wrong. At an emergency the pause is a few seconds.
    """
    me = request.user
    assert isinstance(me, User)
    checked = check_password(request, username=me.get_username(), password=password, use=use)
    if checked.user == me:
        return ""
    if checked.wait:
        return (
            _("Password: not checked after too many wrong ones; nothing was done.")
            + " "
            + wait_words(checked.wait)
        )
    return _("Password: this is not your password; nothing was done.")


def wait_words(wait: timedelta) -> str:
    """When one may try again, in a sentence."""
    seconds = int(wait.total_seconds()) + 1
    sentence = ngettext("Try again in %(seconds)s second.", "Try again in %(seconds)s seconds.", seconds)
    return sentence % {"seconds": seconds}
