"""What an administrator can do about a person's access: a one-time link, and an end of the pauses after an attack."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import is_slowed, send_link, unlock_account
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution
from webkit.admin.verbs import Verb


class AccessForm(NamedRefusals, forms.ModelForm[User]):
    """The reason; nothing of the account is entered."""

    why = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept for good, for example: “called from the ward, forgot the password”."),
        widget=forms.TextInput(attrs={"class": "long", "autocomplete": "off"}),
        max_length=500,
    )

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Skip the account's own validation: nothing of the account changes here."""


def link_sent_words(user: User) -> str:
    return gettext("A one-time link for a password is on its way to %(address)s.") % {"address": user.email}


def _send(request: HttpRequest, user: User, form: Any) -> str:
    send_link(user=user, **attribution(request, reason=form.cleaned_data["why"]))
    return link_sent_words(user)


def _unlock(request: HttpRequest, user: User, form: Any) -> str:
    unlock_account(user=user, **attribution(request, reason=form.cleaned_data["why"]))
    return gettext("Unlocked: %(name)s can sign in at once on every device.") % {"name": user.username}


SEND_LINK = Verb(
    "link",
    _("Send a link for a password"),
    _("Send the link"),
    Action.MANAGE_USERS,
    AccessForm,
    _send,
    lambda user: user.is_active,
    _(
        "The person gets an e-mail with a link that works once, and sets a password that nobody else knows. "
        "The present password stays valid until then. To shut an account at once, take away “active”."
    ),
)
UNLOCK = Verb(
    "unlock",
    _("Unlock"),
    _("Unlock this account now"),
    Action.MANAGE_USERS,
    AccessForm,
    _unlock,
    is_slowed,
    _("The wrong passwords typed with this name so far do not count any more."),
)
