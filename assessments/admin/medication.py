"""Medication of a participant, other than the study product."""

from django.contrib import admin
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _lazy

from assessments import services
from assessments.admin.assessment_verbs import MEDICATION_VERBS
from assessments.admin.participant_records import ParticipantRecordAdmin
from assessments.models import Medication
from webkit.admin import RecordForm
from webkit.admin.display import partial
from webkit.admin.fields import NumberInput, PartialDateField

SAID = ("drug", "dose", "dose_unit", "route", "started", "ended", "indication")


class MedicationForm(RecordForm):
    started = PartialDateField(label=_lazy("From"))
    ended = PartialDateField(label=_lazy("To"), required=False)

    class Meta:
        model = Medication
        fields = ("participant", *SAID)
        widgets = {"dose": NumberInput}


@admin.register(Medication)
class MedicationAdmin(ParticipantRecordAdmin):
    entered = SAID
    heading = _lazy("Medication")
    title_of_new = _lazy("Record a medication")
    subject = "medication"
    record_service = services.record_medication
    correct_service = services.correct_medication
    add_label = _lazy("Record a medication")
    form = MedicationForm
    verbs = MEDICATION_VERBS
    list_display = ("participant", "drug", "given", "route", "when", "until", "state")
    list_filter = ("route",)
    search_fields = ("participant__code", "drug")
    search_help_text = _lazy("Participant or drug")
    ordering = ("-started_earliest_at", "-id")

    def name_of(self, obj: Medication) -> str:
        return f"{obj.participant.code} · {obj.drug}"

    @admin.display(description=_lazy("Dose"))
    def given(self, obj: Medication) -> str:
        return "–" if obj.dose is None else f"{number_format(obj.dose.normalize())} {obj.dose_unit}".strip()

    @admin.display(description=_lazy("From"))
    def when(self, obj: Medication) -> str:
        return partial(obj.started)

    @admin.display(description=_lazy("To"))
    def until(self, obj: Medication) -> str:
        return partial(obj.ended) if obj.ended else "–"
