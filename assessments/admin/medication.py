"""Medication of a participant, other than the study product."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from assessments import services
from assessments.admin.assessment_verbs import MEDICATION_VERBS
from assessments.models import Medication
from trials.admin.choosing import participant_combo, participants_for
from webkit.admin import RecordForm, RoleScopedAdmin
from webkit.admin.display import partial
from webkit.admin.fields import NumberInput, PartialDateField
from webkit.admin.requests import attribution

SAID = ("drug", "dose", "dose_unit", "route", "started", "ended", "indication")


class MedicationForm(RecordForm):
    started = PartialDateField(label=_lazy("From"))
    ended = PartialDateField(label=_lazy("To"), required=False)

    class Meta:
        model = Medication
        fields = ("participant", *SAID)
        widgets = {"dose": NumberInput}


@admin.register(Medication)
class MedicationAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_ASSESSMENTS
    add_label = _lazy("Record a medication")
    add_action = change_action = Action.RECORD_ASSESSMENT
    site_path = "participant__site"
    form = MedicationForm
    verbs = MEDICATION_VERBS
    list_display = ("participant", "drug", "given", "route", "when", "until", "state")
    list_filter = ("route",)
    list_select_related = ("participant",)
    search_fields = ("participant__code", "drug")
    search_help_text = _lazy("Participant or drug")
    ordering = ("-started_earliest_at", "-id")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Medication]:
        rows = super().get_queryset(request)
        return rows.select_related("participant__site", "participant__trial", "trial")

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

    @admin.display(description=_lazy("State"))
    def state(self, obj: Medication) -> str:
        return _("void") if obj.voided_at else _("recorded")

    def get_fieldsets(self, request: HttpRequest, obj: Medication | None = None) -> Any:
        why = ["reason", "seen_version"] if obj and self.has_change_permission(request, obj) else []
        who = [] if obj else ["participant"]
        return [(_("Medication"), {"fields": [*who, *SAID, *why]})]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "participant":
            kwargs["queryset"] = participants_for(request, Action.RECORD_ASSESSMENT)
            kwargs["widget"] = participant_combo()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        medication: Medication | None = context.get("original")
        context["title"] = self.name_of(medication) if medication else _("Record a medication")
        context["save_label"] = _("Save the change") if medication else _("Record it")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Medication, form: MedicationForm, change: bool) -> None:
        said = attribution(request, reason=form.stated_reason)
        if change:
            changes = {name: form.cleaned_data[name] for name in SAID if name in form.changed_data}
            services.correct_medication(
                medication=Medication.objects.select_related("participant").get(pk=obj.pk),
                changes=changes,
                **said,
            )
            return
        values = {name: form.cleaned_data[name] for name in SAID}
        made = services.record_medication(participant=obj.participant, values=values, **said)
        obj.pk = made.pk
