"""The forms about one's own password: signing in, and a new one."""

from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.forms import AuthenticationForm

from accounts.admin.forms import NamedRefusals


class SignInForm(NamedRefusals, AuthenticationForm):
    """Name and password."""


class OwnPasswordForm(NamedRefusals, AdminPasswordChangeForm):
    """The old password, and the new one twice."""
