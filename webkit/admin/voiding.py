"""Voiding a record that should not exist: the form that requires a reason, and the verb."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution
from webkit.admin.verbs import Verb


class VoidForm(NamedRefusals, forms.ModelForm[Any]):
    reason = forms.CharField(
        label=_lazy("Why is it void?"), max_length=500, widget=forms.TextInput(attrs={"class": "long"})
    )

    def _post_clean(self) -> None:
        """Nothing of the record changes here, so its own rules are not checked."""


def said(request: HttpRequest, form: Any) -> dict[str, Any]:
    return attribution(request, reason=form.cleaned_data["reason"])


def voiding(
    action: Action, form: type[VoidForm], perform: Callable[[HttpRequest, Any, Any], str]
) -> tuple[Verb, ...]:
    return (
        Verb(
            "void",
            _lazy("Void"),
            _lazy("Void this deviation"),
            action,
            form,
            perform,
            lambda deviation: deviation.voided_at is None,
            _lazy("For a deviation that was none. Nothing is deleted."),
        ),
    )
