"""Voiding of a day, a deviation or a laboratory result that should not exist."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from assessments import services
from assessments.models import (
    DailyAssessment,
    LaboratoryResult,
    Medication,
    ProtocolDeviation,
    SensitisingEvent,
)
from webkit.admin.verbs import Verb
from webkit.admin.voiding import VoidForm, said, voiding


class VoidAssessmentForm(VoidForm):
    class Meta:
        model = DailyAssessment
        fields: tuple[str, ...] = ()


class VoidDeviationForm(VoidForm):
    class Meta:
        model = ProtocolDeviation
        fields: tuple[str, ...] = ()


class VoidSensitisingEventForm(VoidForm):
    class Meta:
        model = SensitisingEvent
        fields: tuple[str, ...] = ()


class VoidLaboratoryResultForm(VoidForm):
    class Meta:
        model = LaboratoryResult
        fields: tuple[str, ...] = ()


class VoidMedicationForm(VoidForm):
    class Meta:
        model = Medication
        fields: tuple[str, ...] = ()


def void_assessment(request: HttpRequest, assessment: DailyAssessment, form: VoidAssessmentForm) -> str:
    services.void_assessment(assessment=assessment, **said(request, form))
    return _("The day is void. It stays readable, and counts nowhere.")


def void_deviation(request: HttpRequest, deviation: ProtocolDeviation, form: VoidDeviationForm) -> str:
    services.void_deviation(deviation=deviation, **said(request, form))
    return _("The deviation is void. It stays readable, and counts nowhere.")


def void_sensitising_event(
    request: HttpRequest, event: SensitisingEvent, form: VoidSensitisingEventForm
) -> str:
    services.void_sensitising_event(event=event, **said(request, form))
    return _("It is void. It stays readable, and counts nowhere.")


def void_laboratory_result(
    request: HttpRequest, result: LaboratoryResult, form: VoidLaboratoryResultForm
) -> str:
    services.void_laboratory_result(result=result, **said(request, form))
    return _("It is void. It stays readable, and counts nowhere.")


def void_medication(request: HttpRequest, medication: Medication, form: VoidMedicationForm) -> str:
    services.void_medication(medication=medication, **said(request, form))
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


DEVIATION_VERBS = voiding(Action.RECORD_DEVIATION, VoidDeviationForm, void_deviation)
LABORATORY_VERBS = voiding(Action.RECORD_ASSESSMENT, VoidLaboratoryResultForm, void_laboratory_result)
MEDICATION_VERBS = voiding(Action.RECORD_ASSESSMENT, VoidMedicationForm, void_medication)
