"""Verbs of the record of an inadvertent unblinding: its impact is assessed, or it is voided as a mistake."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from product.choices import BlindImpact
from product.models import InadvertentUnblinding
from product.services.unblinding import assess_inadvertent_unblinding, void_inadvertent_unblinding
from webkit.admin.fields import YesNoField
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution
from webkit.admin.verbs import Verb

IMPACTS = [(value, label) for value, label in BlindImpact.choices if value != BlindImpact.NOT_ASSESSED]
ASSESSED = "impact assessed"
"""The reason kept with an assessment."""


def sealed_text(label: Any, **options: Any) -> forms.CharField:
    """A field for a sealed text, which the form never displays again."""
    widget = forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
    return forms.CharField(label=label, max_length=4000, widget=widget, **options)


class AssessForm(NamedRefusals, forms.ModelForm[InadvertentUnblinding]):
    impact = forms.ChoiceField(
        label=_lazy("What does it mean for the trial's results?"), choices=IMPACTS, widget=forms.RadioSelect
    )
    is_corrected = YesNoField(label=_lazy("Was corrective action taken?"))
    impact_text = sealed_text(
        _lazy("In words"), required=False, help_text=_lazy("Goes under seal, so an arm may be named.")
    )
    corrective_action = sealed_text(
        _lazy("Which corrective action?"), required=False, help_text=_lazy("Goes under seal.")
    )

    class Meta:
        model = InadvertentUnblinding
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """The service checks the record's rules."""


class VoidUnblindingForm(NamedRefusals, forms.ModelForm[InadvertentUnblinding]):
    reason = forms.CharField(
        label=_lazy("Why is it void?"), max_length=500, widget=forms.TextInput(attrs={"class": "long"})
    )

    class Meta:
        model = InadvertentUnblinding
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """The service checks the record's rules."""


def assess(request: HttpRequest, record: InadvertentUnblinding, form: AssessForm) -> str:
    texts = {name: form.cleaned_data[name] for name in ("impact_text", "corrective_action")}
    assess_inadvertent_unblinding(
        record=record,
        impact=form.cleaned_data["impact"],
        is_corrected=form.cleaned_data["is_corrected"],
        account_changes={name: text for name, text in texts.items() if text},
        **attribution(request, reason=ASSESSED),
    )
    return _("Assessed. The board's next closed report lists it.")


def void_unblinding(request: HttpRequest, record: InadvertentUnblinding, form: VoidUnblindingForm) -> str:
    void_inadvertent_unblinding(record=record, **attribution(request, reason=form.cleaned_data["reason"]))
    return _("The record is void. It stays readable, and counts in no report.")


def _stands(record: InadvertentUnblinding) -> bool:
    return record.voided_at is None


VERBS = (
    Verb(
        "assess",
        _lazy("Assess the impact"),
        _lazy("Keep the assessment"),
        Action.RECORD_UNBLINDING,
        AssessForm,
        assess,
        _stands,
        _lazy("By somebody else than who learnt the arm. A later assessment is a new version."),
    ),
    Verb(
        "void",
        _lazy("Void"),
        _lazy("Void this record"),
        Action.RECORD_UNBLINDING,
        VoidUnblindingForm,
        void_unblinding,
        _stands,
        _lazy("For a record made by mistake. Nothing is deleted."),
    ),
)
