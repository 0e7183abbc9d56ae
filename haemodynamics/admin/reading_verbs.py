"""Voiding of a reading that should not exist."""

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from haemodynamics import services
from haemodynamics.models import HaemodynamicReading
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import person_of
from webkit.admin.verbs import Verb


class VoidReadingForm(NamedRefusals, forms.ModelForm[HaemodynamicReading]):
    reason = forms.CharField(
        label=_lazy("Why is it void?"), max_length=500, widget=forms.TextInput(attrs={"class": "long"})
    )

    class Meta:
        model = HaemodynamicReading
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Nothing of the reading changes here, so its own rules are not checked."""


def void_reading(request: HttpRequest, reading: HaemodynamicReading, form: VoidReadingForm) -> str:
    services.void_reading(
        reading=reading, by=person_of(request), at=timezone.now(), reason=form.cleaned_data["reason"]
    )
    return _("The reading is void. It stays readable, and counts nowhere.")


VERBS = (
    Verb(
        "void",
        _lazy("Void"),
        _lazy("Void this reading"),
        Action.RECORD_READING,
        VoidReadingForm,
        void_reading,
        lambda reading: reading.voided_at is None,
        _lazy("For a reading entered by mistake. Nothing is deleted."),
    ),
)
