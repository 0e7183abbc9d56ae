"""The forms of a person's own password: signing in, and a new one."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import PasswordUse
from accounts.models import User
from accounts.services import check_password, set_own_password, wait_words
from webkit.admin.forms import NamedRefusals


class SignInForm(NamedRefusals, AuthenticationForm):
    """Name and password. After many wrong ones an unknown device has to wait; no account is locked."""

    def clean(self) -> dict[str, Any]:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username is None or not password:
            return self.cleaned_data
        assert self.request is not None, "the page hands over the request"
        checked = check_password(self.request, username=username, password=password, use=PasswordUse.SIGN_IN)
        if checked.wait:
            text = _(
                "Too many wrong passwords were typed for this name or from here; this one was not checked."
            )
            raise ValidationError(f"{text} {wait_words(checked.wait)}")
        if checked.user is None:
            raise self.get_invalid_login_error()
        self.confirm_login_allowed(checked.user)
        self.user_cache = checked.user
        return self.cleaned_data


class SavesOwnPassword:
    """Saves through the service: recorded in the trail, with a mail to the person."""

    user: User
    cleaned_data: dict[str, Any]

    def save(self, commit: bool = True) -> User:  # noqa: ARG002
        set_own_password(user=self.user, password=self.cleaned_data["new_password1"], at=timezone.now())
        return self.user


class OwnPasswordForm(SavesOwnPassword, NamedRefusals, AdminPasswordChangeForm):
    """The old password, and the new one twice."""


class FirstPasswordForm(SavesOwnPassword, NamedRefusals, SetPasswordForm):  # type: ignore[type-arg]
    """A password twice, after a one-time link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = " ".join(
            password_validation.password_validators_help_texts()
        )


class LinkForm(NamedRefusals, forms.Form):
    """The user name for a one-time link."""

    username = forms.CharField(
        label=_lazy("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "class": "medium", "autofocus": True}),
    )
