"""Blood products and other sensitising events of a participant: entered beside the days in intensive care."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from assessments import services
from assessments.admin.assessment_verbs import SENSITISING_VERBS
from assessments.models import SensitisingEvent
from trials.admin.choosing import participant_combo, participants_for
from trials.models import Participant
from webkit.admin import RecordForm, RoleScopedAdmin
from webkit.admin.display import partial
from webkit.admin.fields import NumberInput, PartialDateField
from webkit.admin.requests import attribution

SAID = ("kind", "occurred", "units", "remark")


class SensitisingEventForm(RecordForm):
    occurred = PartialDateField(label=_lazy("When"))

    class Meta:
        model = SensitisingEvent
        fields = ("participant", *SAID)
        widgets = {"units": NumberInput}


@admin.register(SensitisingEvent)
class SensitisingEventAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_ASSESSMENTS
    add_label = _lazy("Record a blood product")
    add_action = change_action = Action.RECORD_ASSESSMENT
    site_path = "participant__site"
    form = SensitisingEventForm
    verbs = SENSITISING_VERBS
    list_display = ("participant", "kind", "when", "units", "remark", "state")
    list_filter = ("kind",)
    list_select_related = ("participant",)
    search_fields = ("participant__code", "remark")
    search_help_text = _lazy("Participant or words of the remark")
    ordering = ("-occurred_earliest_at", "-id")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[SensitisingEvent]:
        rows = super().get_queryset(request)
        return rows.select_related("participant__site", "participant__trial", "trial")

    def name_of(self, obj: SensitisingEvent) -> str:
        return f"{obj.participant.code} · {obj.get_kind_display()}"

    @admin.display(description=_lazy("When"))
    def when(self, obj: SensitisingEvent) -> str:
        return partial(obj.occurred)

    @admin.display(description=_lazy("State"))
    def state(self, obj: SensitisingEvent) -> str:
        return _("void") if obj.voided_at else _("recorded")

    def get_fieldsets(self, request: HttpRequest, obj: SensitisingEvent | None = None) -> Any:
        why = ["reason", "seen_version"] if obj and self.has_change_permission(request, obj) else []
        who = [] if obj else ["participant"]
        return [(_("What was given, or what happened"), {"fields": [*who, *SAID, *why]})]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "participant":
            kwargs["queryset"] = participants_for(request, Action.RECORD_ASSESSMENT)
            kwargs["widget"] = participant_combo()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        event: SensitisingEvent | None = context.get("original")
        context["title"] = self.name_of(event) if event else _("Record a blood product or another event")
        context["save_label"] = _("Save the change") if event else _("Record it")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: SensitisingEvent, form: SensitisingEventForm, change: bool
    ) -> None:
        said = attribution(request, reason=form.stated_reason)
        if change:
            changes = {name: form.cleaned_data[name] for name in SAID if name in form.changed_data}
            services.correct_sensitising_event(
                event=SensitisingEvent.objects.select_related("participant").get(pk=obj.pk),
                changes=changes,
                **said,
            )
            return
        values = {name: form.cleaned_data[name] for name in SAID}
        made = services.record_sensitising_event(participant=obj.participant, values=values, **said)
        obj.pk = made.pk


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
