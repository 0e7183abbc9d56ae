"""Blood products and other sensitising events of a participant: entered beside the days in intensive care."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _lazy

from assessments import services
from assessments.admin.assessment_verbs import SENSITISING_VERBS
from assessments.admin.participant_records import ParticipantRecordAdmin
from assessments.models import SensitisingEvent
from trials.models import Participant
from webkit.admin import RecordForm
from webkit.admin.display import partial
from webkit.admin.fields import NumberInput, PartialDateField

SAID = ("kind", "occurred", "units", "remark")


class SensitisingEventForm(RecordForm):
    occurred = PartialDateField(label=_lazy("When"))

    class Meta:
        model = SensitisingEvent
        fields = ("participant", *SAID)
        widgets = {"units": NumberInput}


@admin.register(SensitisingEvent)
class SensitisingEventAdmin(ParticipantRecordAdmin):
    entered = SAID
    heading = _lazy("What was given, or what happened")
    title_of_new = _lazy("Record a blood product or another event")
    subject = "event"
    record_service = services.record_sensitising_event
    correct_service = services.correct_sensitising_event
    add_label = _lazy("Record a blood product")
    form = SensitisingEventForm
    verbs = SENSITISING_VERBS
    list_display = ("participant", "kind", "when", "units", "remark", "state")
    list_filter = ("kind",)
    search_fields = ("participant__code", "remark")
    search_help_text = _lazy("Participant or words of the remark")
    ordering = ("-occurred_earliest_at", "-id")

    def name_of(self, obj: SensitisingEvent) -> str:
        return f"{obj.participant.code} · {obj.get_kind_display()}"

    @admin.display(description=_lazy("When"))
    def when(self, obj: SensitisingEvent) -> str:
        return partial(obj.occurred)


def products_of(person: Participant) -> list[dict[str, Any]]:
    """The products and events of a participant that are not void, the latest first, as lines of the page of the days."""
    rows = SensitisingEvent.objects.standing().filter(participant=person)
    return [
        {
            "kind": row.get_kind_display(),
            "when": partial(row.occurred),
            "units": "–" if row.units is None else str(row.units),
            "remark": row.remark,
            "url": reverse("admin:assessments_sensitisingevent_change", args=[row.pk]),
        }
        for row in rows.order_by("-occurred_earliest_at", "-id")
    ]
