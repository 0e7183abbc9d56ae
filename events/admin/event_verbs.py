"""Verbs of an adverse event besides a correction: it is followed up, signed, voided."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.services import own_password_refusal
from events.choices import EventStatus
from events.models import AdverseEvent
from events.services import adverse_events as services
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import person_of
from webkit.admin.verbs import Verb


class SignEventForm(NamedRefusals, forms.ModelForm[AdverseEvent]):
    """Signing needs the password again (21 CFR 11.200): the signature is for the version that was read."""

    password = forms.CharField(
        label=_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "medium"}),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = AdverseEvent
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.instance.version

    def _post_clean(self) -> None:
        """Nothing of the event is entered here; the service checks whether it can be signed."""


class VoidEventForm(NamedRefusals, forms.ModelForm[AdverseEvent]):
    reason = forms.CharField(
        label=_lazy("Why is it void?"), max_length=500, widget=forms.TextInput(attrs={"class": "long"})
    )

    class Meta:
        model = AdverseEvent
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Nothing of the event changes here, so its own rules are not checked."""


def sign_event(request: HttpRequest, event: AdverseEvent, form: SignEventForm) -> str:
    if refusal := own_password_refusal(request, form.cleaned_data["password"]):
        raise forms.ValidationError({"password": refusal})
    services.sign_adverse_event(
        event=event, seen_version=form.cleaned_data["seen_version"], by=person_of(request), at=timezone.now()
    )
    return _("Signed. A later change asks for your signature again.")


def void_event(request: HttpRequest, event: AdverseEvent, form: VoidEventForm) -> str:
    services.void_adverse_event(
        event=event, by=person_of(request), at=timezone.now(), reason=form.cleaned_data["reason"]
    )
    return _("The event is void. It stays readable, and counts in no report.")


VERBS = (
    Verb(
        "sign",
        _lazy("Sign"),
        _lazy("Sign this version"),
        Action.SIGN_EVENT,
        SignEventForm,
        sign_event,
        lambda event: (
            event.status == EventStatus.RECORDED and event.signed_at is None and event.voided_at is None
        ),
        _lazy("Your signature says that you have read this version and that it is right."),
    ),
    Verb(
        "void",
        _lazy("Void"),
        _lazy("Void this event"),
        Action.RECORD_EVENT,
        VoidEventForm,
        void_event,
        lambda event: event.voided_at is None,
        _lazy("For an event entered by mistake, for example for the wrong participant. Nothing is deleted."),
    ),
)
