"""Protocol deviations: the log of the sites, and the production unit's own under seal."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import site_codes_for, trial_codes_for
from assessments import services
from assessments.admin.assessment_verbs import DEVIATION_VERBS
from assessments.choices import Importance
from assessments.models import ProtocolDeviation
from assessments.models.deviations import DeviationRecord
from trials.admin.choosing import participant_combo, participants_for
from trials.models import Site
from webkit.admin import RecordForm, RoleScopedAdmin
from webkit.admin.display import partial
from webkit.admin.fields import PartialDateField
from webkit.admin.requests import attribution, person_of

SAID = ("category", "importance", "occurred", "description", "action_taken")
WIDGETS = {
    "description": forms.Textarea(attrs={"rows": 3}),
    "action_taken": forms.Textarea(attrs={"rows": 2}),
}


def _importance() -> forms.ChoiceField:
    """Major or minor: without a default."""
    return forms.ChoiceField(label=_lazy("Importance"), choices=Importance.choices, widget=forms.RadioSelect)


class DeviationForm(RecordForm):
    importance = _importance()
    occurred = PartialDateField(label=_lazy("When"))

    class Meta:
        model = ProtocolDeviation
        fields = ("site", "participant", *SAID)
        widgets = WIDGETS
        help_texts = {
            "participant": _lazy("Leave empty for a deviation of the site as a whole."),
            "description": _lazy(
                "Nothing about the product itself: what concerns a batch, a dose or the cells is recorded by the "
                "cell-therapy unit, under seal."
            ),
        }

    class Media:
        js = (forms.Script("webkit/combo.js", defer=True),)


@admin.register(ProtocolDeviation)
class ProtocolDeviationAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_ASSESSMENTS
    add_label = _lazy("Record a deviation")
    add_action = change_action = Action.RECORD_DEVIATION
    form = DeviationForm
    verbs = DEVIATION_VERBS
    list_display = ("category", "importance", "participant", "site", "when", "description", "state")
    list_filter = ("importance", "category")
    list_select_related = ("participant", "site")
    search_fields = ("participant__code", "description")
    search_help_text = _lazy("Participant or words of the description")
    ordering = ("-occurred_earliest_at", "-id")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProtocolDeviation]:
        return super().get_queryset(request).select_related("participant", "site", "trial")

    def name_of(self, obj: ProtocolDeviation) -> str:
        about = obj.participant.code if obj.participant else obj.site.code
        return f"{about} · {obj.get_category_display()}"

    @admin.display(description=_lazy("When"))
    def when(self, obj: ProtocolDeviation) -> str:
        return partial(obj.occurred)

    @admin.display(description=_lazy("State"))
    def state(self, obj: ProtocolDeviation) -> str:
        return _state(obj)

    def get_fieldsets(self, request: HttpRequest, obj: ProtocolDeviation | None = None) -> Any:
        why = ["reason", "seen_version"] if obj and self.has_change_permission(request, obj) else []
        who = [] if obj else [(_("Where and who"), {"fields": [("site", "participant")]})]
        return [*who, (_("What happened"), {"fields": [*SAID, *why]})]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "site":
            kwargs["queryset"] = self._sites(request)
        if db_field.name == "participant":
            kwargs["queryset"] = participants_for(request, Action.RECORD_DEVIATION)
            kwargs["widget"] = participant_combo()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _sites(self, request: HttpRequest) -> QuerySet[Site]:
        """The sites at which this account records deviations."""
        found = Site.objects.none()
        for code in sorted(trial_codes_for(person_of(request), Action.RECORD_DEVIATION)):
            sites = site_codes_for(person_of(request), Action.RECORD_DEVIATION, trial_code=code)
            mine = Site.objects.filter(trial__code=code)
            found = found | (mine if sites is None else mine.filter(code__in=sorted(sites)))
        return found.order_by("code")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        sites = list(self._sites(request)[:2])
        if len(sites) == 1:
            initial.setdefault("site", sites[0].pk)
        return initial

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        deviation: ProtocolDeviation | None = context.get("original")
        context["title"] = self.name_of(deviation) if deviation else _("Record a protocol deviation")
        context["save_label"] = _("Save the change") if deviation else _("Record the deviation")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: ProtocolDeviation, form: DeviationForm, change: bool
    ) -> None:
        said = attribution(request, reason=form.stated_reason)
        if change:
            services.correct_deviation(deviation=obj, changes=_changed(form), **said)
            return
        values = {name: form.cleaned_data[name] for name in SAID}
        made = services.record_deviation(site=obj.site, participant=obj.participant, values=values, **said)
        obj.pk = made.pk


def _changed(form: RecordForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in SAID if name in form.changed_data}


def _state(deviation: DeviationRecord) -> str:
    return _("void") if deviation.voided_at else _("recorded")
