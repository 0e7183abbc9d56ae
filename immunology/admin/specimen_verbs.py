"""Verbs of a sample: the laboratory receives it, or it was entered by mistake."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from audit.choices import FIRST_ENTRY
from immunology import services
from immunology.models import Specimen
from webkit.admin.fields import MomentField
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import person_of
from webkit.admin.verbs import Verb


class _StepForm(NamedRefusals, forms.ModelForm[Specimen]):
    class Meta:
        model = Specimen
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """The service checks the specimen's rules with all changes of the step."""


class ReceiveForm(_StepForm):
    received_at = MomentField(label=_lazy("Received at"))
    condition_note = forms.CharField(
        label=_lazy("Condition on receipt"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "long"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("received_at", timezone.localtime().replace(second=0, microsecond=0))


class VoidSpecimenForm(_StepForm):
    reason = forms.CharField(
        label=_lazy("Why is it void?"), max_length=500, widget=forms.TextInput(attrs={"class": "long"})
    )


def receive(request: HttpRequest, specimen: Specimen, form: ReceiveForm) -> str:
    services.receive_specimen(
        specimen=specimen, **form.cleaned_data, by=person_of(request), at=timezone.now(), reason=FIRST_ENTRY
    )
    return _("Received: sample %(code)s. Next: its results.") % {"code": specimen.code}


def void_specimen(request: HttpRequest, specimen: Specimen, form: VoidSpecimenForm) -> str:
    services.void_specimen(
        specimen=specimen, by=person_of(request), at=timezone.now(), reason=form.cleaned_data["reason"]
    )
    return _("The sample is void. It stays readable, and counts nowhere.")


VERBS = (
    Verb(
        "receive",
        _lazy("Received"),
        _lazy("The sample has arrived"),
        Action.RECEIVE_SPECIMEN,
        ReceiveForm,
        receive,
        lambda s: s.received_at is None and s.voided_at is None,
    ),
    Verb(
        "void",
        _lazy("Void"),
        _lazy("Void this sample"),
        Action.COLLECT_SPECIMEN,
        VoidSpecimenForm,
        void_specimen,
        lambda s: s.voided_at is None,
        _lazy("For a sample entered by mistake. Nothing is deleted."),
    ),
)
