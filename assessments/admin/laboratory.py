"""Laboratory results of a participant."""

from django.contrib import admin
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _lazy

from assessments import services
from assessments.admin.assessment_verbs import LABORATORY_VERBS
from assessments.admin.participant_records import ParticipantRecordAdmin
from assessments.models import LaboratoryResult
from webkit.admin import RecordForm
from webkit.admin.display import partial
from webkit.admin.fields import NumberInput, PartialDateField

SAID = ("test", "value", "unit", "lower_limit", "upper_limit", "sampled", "is_baseline", "remark")


class LaboratoryResultForm(RecordForm):
    sampled = PartialDateField(label=_lazy("Sampled"))

    class Meta:
        model = LaboratoryResult
        fields = ("participant", *SAID)
        widgets = {"value": NumberInput, "lower_limit": NumberInput, "upper_limit": NumberInput}


@admin.register(LaboratoryResult)
class LaboratoryResultAdmin(ParticipantRecordAdmin):
    entered = SAID
    heading = _lazy("Result")
    title_of_new = _lazy("Record a laboratory result")
    subject = "result"
    record_service = services.record_laboratory_result
    correct_service = services.correct_laboratory_result
    add_label = _lazy("Record a laboratory result")
    form = LaboratoryResultForm
    verbs = LABORATORY_VERBS
    list_display = ("participant", "test", "measured", "when", "is_baseline", "state")
    list_filter = ("is_baseline",)
    search_fields = ("participant__code", "test")
    search_help_text = _lazy("Participant or test")
    ordering = ("-sampled_earliest_at", "-id")

    def name_of(self, obj: LaboratoryResult) -> str:
        return f"{obj.participant.code} · {obj.test}"

    @admin.display(description=_lazy("Result"))
    def measured(self, obj: LaboratoryResult) -> str:
        return f"{number_format(obj.value.normalize())} {obj.unit}".strip()

    @admin.display(description=_lazy("Sampled"))
    def when(self, obj: LaboratoryResult) -> str:
        return partial(obj.sampled)
