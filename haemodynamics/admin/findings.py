"""Findings: a criterion of the protocol was met after an infusion; the investigator confirms or refutes it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from events.models import AdverseEvent
from events.wording import name_of_event
from haemodynamics import services
from haemodynamics.admin.after_infusion import STATE_OF_FINDING
from haemodynamics.choices import FindingState
from haemodynamics.models import HaemodynamicFinding
from trials.models import ProtocolVersion
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import moment
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import person_of

DECISIONS = (
    (FindingState.CONFIRMED.value, _lazy("Yes: it is real")),
    (FindingState.REFUTED.value, _lazy("No: it is not (an artefact, a wrong rate, planned)")),
)


class EventChoice(forms.ModelChoiceField[AdverseEvent]):
    def label_from_instance(self, obj: AdverseEvent) -> str:
        return name_of_event(obj)


class FindingForm(NamedRefusals, forms.ModelForm[HaemodynamicFinding]):
    decision = forms.ChoiceField(label=_lazy("Is it real?"), choices=DECISIONS, widget=forms.RadioSelect)
    recorded_as = EventChoice(
        label=_lazy("Recorded as this adverse event"),
        queryset=AdverseEvent.objects.none(),
        required=False,
        help_text=_lazy("If it is an event, record it first; then choose it here."),
    )
    why = forms.CharField(label=_lazy("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    class Meta:
        model = HaemodynamicFinding
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events = (
            AdverseEvent.objects.recorded()
            .filter(participant=self.instance.participant_id)
            .select_related("ctcae_term")
        )
        self.fields["recorded_as"].queryset = events  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The service decides with the row locked."""


@admin.register(HaemodynamicFinding)
class HaemodynamicFindingAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_READINGS
    change_action = Action.ASSESS_FINDING
    site_path = "participant__site"
    form: type[forms.ModelForm[Any]] = FindingForm
    change_form_template = "admin/haemodynamics/haemodynamicfinding/change_form.html"
    list_display = ("participant", "criterion_shown", "infusion_number", "first_hit", "state")
    list_display_links = ("criterion_shown",)
    list_filter = ("state",)
    list_select_related = ("participant", "infusion")
    search_fields = ("participant__code", "criterion")
    search_help_text = _lazy("Participant or criterion")
    ordering = ("-first_hit_at", "-id")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[HaemodynamicFinding]:
        return (
            super()
            .get_queryset(request)
            .select_related(
                "participant__site", "participant__trial", "infusion", "adverse_event__ctcae_term"
            )
        )

    def prepare_rows(self, rows: Sequence[Any]) -> None:
        labels = {trial_id: _labels_of(trial_id) for trial_id in {row.trial_id for row in rows}}
        for row in rows:
            row.labels_of_criteria = labels[row.trial_id]

    def name_of(self, obj: HaemodynamicFinding) -> str:
        return f"{obj.participant.code} · {self.criterion_shown(obj)}"

    @admin.display(description=_lazy("Criterion"))
    def criterion_shown(self, obj: HaemodynamicFinding) -> str:
        labels: dict[str, str] | None = getattr(obj, "labels_of_criteria", None)
        label = (_labels_of(obj.trial_id) if labels is None else labels).get(obj.criterion)
        return _(label) if label else obj.criterion

    @admin.display(description=_lazy("Infusion"))
    def infusion_number(self, obj: HaemodynamicFinding) -> str:
        return str(obj.infusion.number)

    @admin.display(description=_lazy("First met"))
    def first_hit(self, obj: HaemodynamicFinding) -> str:
        return moment(obj.first_hit_at)

    def get_fieldsets(self, request: HttpRequest, obj: HaemodynamicFinding | None = None) -> Any:
        names = ["decision", "recorded_as", "why"] if obj and self.has_change_permission(request, obj) else []
        return [(_("Your decision") if names else None, {"fields": names})]

    def has_change_permission(self, request: HttpRequest, obj: HaemodynamicFinding | None = None) -> bool:
        return super().has_change_permission(request, obj) and (
            obj is None or obj.state != FindingState.WITHDRAWN
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        finding: HaemodynamicFinding = context["original"]
        code, word = STATE_OF_FINDING[FindingState(finding.state)]
        context.update(
            title=self.criterion_shown(finding),
            state={"code": code, "word": word},
            finding=finding,
            save_label=_("Keep the decision"),
            after_infusion_url=reverse(
                "admin:haemodynamics_haemodynamicreading_after_infusion", args=[finding.infusion_id]
            ),
            event_name=name_of_event(finding.adverse_event) if finding.adverse_event else "",
            new_event_url=reverse("admin:events_adverseevent_add")
            + f"?participant={finding.participant_id}&back={request.path}",
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self,
        request: HttpRequest,
        obj: HaemodynamicFinding,
        form: FindingForm,
        change: bool,  # noqa: ARG002
    ) -> None:
        said: dict[str, Any] = {
            "finding": obj,
            "by": person_of(request),
            "at": timezone.now(),
            "reason": form.cleaned_data["why"],
        }
        if form.cleaned_data["decision"] == FindingState.CONFIRMED:
            services.confirm_finding(adverse_event=form.cleaned_data["recorded_as"], **said)
        else:
            services.refute_finding(**said)

    def say_saved(self, request: HttpRequest, obj: HaemodynamicFinding, *, is_new: bool) -> str:  # noqa: ARG002
        return _("Decision kept: %(finding)s.") % {"finding": self.name_of(obj)}


def _labels_of(trial_id: int) -> dict[str, str]:
    """The labels of the criteria of a trial's newest protocol, by criterion."""
    plan = ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=None).haemodynamics
    return {criterion.id: criterion.label for criterion in plan.criteria} if plan else {}
