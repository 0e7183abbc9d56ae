"""Laboratory results of a participant."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from assessments import services
from assessments.admin.assessment_verbs import LABORATORY_VERBS
from assessments.models import LaboratoryResult
from trials.admin.choosing import participant_combo, participants_for
from webkit.admin import RecordForm, RoleScopedAdmin
from webkit.admin.display import partial
from webkit.admin.fields import NumberInput, PartialDateField
from webkit.admin.requests import attribution

SAID = ("test", "value", "unit", "lower_limit", "upper_limit", "sampled", "is_baseline", "remark")


class LaboratoryResultForm(RecordForm):
    sampled = PartialDateField(label=_lazy("Sampled"))

    class Meta:
        model = LaboratoryResult
        fields = ("participant", *SAID)
        widgets = {"value": NumberInput, "lower_limit": NumberInput, "upper_limit": NumberInput}


@admin.register(LaboratoryResult)
class LaboratoryResultAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_ASSESSMENTS
    add_label = _lazy("Record a laboratory result")
    add_action = change_action = Action.RECORD_ASSESSMENT
    site_path = "participant__site"
    form = LaboratoryResultForm
    verbs = LABORATORY_VERBS
    list_display = ("participant", "test", "measured", "when", "is_baseline", "state")
    list_filter = ("is_baseline",)
    list_select_related = ("participant",)
    search_fields = ("participant__code", "test")
    search_help_text = _lazy("Participant or test")
    ordering = ("-sampled_earliest_at", "-id")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[LaboratoryResult]:
        rows = super().get_queryset(request)
        return rows.select_related("participant__site", "participant__trial", "trial")

    def name_of(self, obj: LaboratoryResult) -> str:
        return f"{obj.participant.code} · {obj.test}"

    @admin.display(description=_lazy("Result"))
    def measured(self, obj: LaboratoryResult) -> str:
        return f"{number_format(obj.value.normalize())} {obj.unit}".strip()

    @admin.display(description=_lazy("Sampled"))
    def when(self, obj: LaboratoryResult) -> str:
        return partial(obj.sampled)

    @admin.display(description=_lazy("State"))
    def state(self, obj: LaboratoryResult) -> str:
        return _("void") if obj.voided_at else _("recorded")

    def get_fieldsets(self, request: HttpRequest, obj: LaboratoryResult | None = None) -> Any:
        why = ["reason", "seen_version"] if obj and self.has_change_permission(request, obj) else []
        who = [] if obj else ["participant"]
        return [(_("Result"), {"fields": [*who, *SAID, *why]})]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "participant":
            kwargs["queryset"] = participants_for(request, Action.RECORD_ASSESSMENT)
            kwargs["widget"] = participant_combo()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        result: LaboratoryResult | None = context.get("original")
        context["title"] = self.name_of(result) if result else _("Record a laboratory result")
        context["save_label"] = _("Save the change") if result else _("Record it")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: LaboratoryResult, form: LaboratoryResultForm, change: bool
    ) -> None:
        said = attribution(request, reason=form.stated_reason)
        if change:
            changes = {name: form.cleaned_data[name] for name in SAID if name in form.changed_data}
            services.correct_laboratory_result(
                result=LaboratoryResult.objects.select_related("participant").get(pk=obj.pk),
                changes=changes,
                **said,
            )
            return
        values = {name: form.cleaned_data[name] for name in SAID}
        made = services.record_laboratory_result(participant=obj.participant, values=values, **said)
        obj.pk = made.pk
