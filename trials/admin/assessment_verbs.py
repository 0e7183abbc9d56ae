"""A day, a deviation or a dispensed dose that should not be there is voided."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.admin.forms import NamedRefusals
from accounts.admin.requests import attribution
from accounts.admin.verbs import Verb
from accounts.choices import Action
from trials import services
from trials.models import (
    DailyAssessment,
    DispensedDose,
    ProductDeviation,
    ProtocolDeviation,
    SensitisingEvent,
)


class _VoidForm(NamedRefusals, forms.ModelForm[Any]):
    reason = forms.CharField(
        label=_lazy("Why is it void?"), max_length=500, widget=forms.TextInput(attrs={"class": "long"})
    )

    def _post_clean(self) -> None:
        """Nothing of the record changes here; its own rules are not asked."""


class VoidAssessmentForm(_VoidForm):
    class Meta:
        model = DailyAssessment
        fields: tuple[str, ...] = ()


class VoidDeviationForm(_VoidForm):
    class Meta:
        model = ProtocolDeviation
        fields: tuple[str, ...] = ()


class VoidProductDeviationForm(_VoidForm):
    class Meta:
        model = ProductDeviation
        fields: tuple[str, ...] = ()


class VoidDoseForm(_VoidForm):
    class Meta:
        model = DispensedDose
        fields: tuple[str, ...] = ()


class VoidSensitisingEventForm(_VoidForm):
    class Meta:
        model = SensitisingEvent
        fields: tuple[str, ...] = ()


def _said(request: HttpRequest, form: Any) -> dict[str, Any]:
    return attribution(request, reason=form.cleaned_data["reason"])


def void_assessment(request: HttpRequest, assessment: DailyAssessment, form: VoidAssessmentForm) -> str:
    services.void_assessment(assessment=assessment, **_said(request, form))
    return _("The day is void. It stays readable, and counts nowhere.")


def void_deviation(request: HttpRequest, deviation: ProtocolDeviation, form: VoidDeviationForm) -> str:
    services.void_deviation(deviation=deviation, **_said(request, form))
    return _("The deviation is void. It stays readable, and counts nowhere.")


def void_product_deviation(
    request: HttpRequest, deviation: ProductDeviation, form: VoidProductDeviationForm
) -> str:
    services.void_product_deviation(deviation=deviation, **_said(request, form))
    return _("The deviation is void. It stays readable, and counts nowhere.")


def void_dose(request: HttpRequest, dose: DispensedDose, form: VoidDoseForm) -> str:
    services.void_dispensed_dose(dose=dose, **_said(request, form))
    return _("The dose is void. It stays readable, and the right one can be recorded.")


def void_sensitising_event(
    request: HttpRequest, event: SensitisingEvent, form: VoidSensitisingEventForm
) -> str:
    services.void_sensitising_event(event=event, **_said(request, form))
    return _("It is void. It stays readable, and counts nowhere.")


VERBS = (
    Verb(
        "void",
        _lazy("Void"),
        _lazy("Void this day"),
        Action.RECORD_ASSESSMENT,
        VoidAssessmentForm,
        void_assessment,
        lambda assessment: assessment.voided_at is None,
        _lazy("For a day entered by mistake. Nothing is deleted."),
    ),
)

SENSITISING_VERBS = (
    Verb(
        "void",
        _lazy("Void"),
        _lazy("Void this product or event"),
        Action.RECORD_ASSESSMENT,
        VoidSensitisingEventForm,
        void_sensitising_event,
        lambda event: event.voided_at is None,
        _lazy("For a product or event entered by mistake. Nothing is deleted."),
    ),
)


def _voiding(
    action: Action, form: type[_VoidForm], perform: Callable[[HttpRequest, Any, Any], str]
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


DEVIATION_VERBS = _voiding(Action.RECORD_DEVIATION, VoidDeviationForm, void_deviation)
PRODUCT_DEVIATION_VERBS = _voiding(Action.MANAGE_PRODUCT, VoidProductDeviationForm, void_product_deviation)
DOSE_VERBS = (
    Verb(
        "void",
        _lazy("Void"),
        _lazy("Void this dose"),
        Action.MANAGE_PRODUCT,
        VoidDoseForm,
        void_dose,
        lambda dose: dose.voided_at is None,
        _lazy("For a dose recorded by mistake, for example of the wrong bag. Nothing is deleted."),
    ),
)
