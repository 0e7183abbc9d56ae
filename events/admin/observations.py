"""The page of one row of an event's course: corrected as a new version, or voided with a reason."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from events.admin.course_verbs import VoidObservationForm
from events.choices import ObservationKind
from events.models import EventObservation
from events.services.course import SAID, correct_observation, void_observation
from events.wording import name_of_event
from webkit.admin import RecordForm, RoleScopedAdmin
from webkit.admin.display import partial
from webkit.admin.fields import PartialDateField
from webkit.admin.requests import attribution, person_of
from webkit.admin.verbs import Verb


class CorrectObservationForm(RecordForm):
    """The row as it is; `observed` as exactly as known."""

    observed = PartialDateField(label=_lazy("Since when?"), required=False)

    class Meta:
        model = EventObservation
        fields = SAID
        widgets = {
            name: forms.TextInput(attrs={"class": "long", "autocomplete": "off"})
            for name in ("intervention", "note")
        }


def void_row(request: HttpRequest, row: EventObservation, form: VoidObservationForm) -> str:
    said = {"by": person_of(request), "at": timezone.now(), "reason": form.cleaned_data["reason"]}
    void_observation(observation=row, **said)
    return _("The row is void. It stays readable, and counts no more.")


@admin.register(EventObservation)
class EventObservationAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_EVENTS
    change_action = Action.RECORD_EVENT
    site_path = "event__participant__site"
    form = CorrectObservationForm
    list_display = ("event_shown", "when", "grade", "outcome", "state")
    list_display_links = ("event_shown",)
    list_select_related = ("event__participant", "event__ctcae_term")
    ordering = ("-recorded_at", "-id")
    sortable_by = ()
    verbs = (
        Verb(
            "void",
            _lazy("Void"),
            _lazy("Void this row"),
            Action.RECORD_EVENT,
            VoidObservationForm,
            void_row,
            lambda row: row.voided_at is None and row.kind != ObservationKind.OPENING,
            _lazy("For a row that never was. Nothing is deleted."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[EventObservation]:
        rows = super().get_queryset(request)
        return rows.select_related(
            "trial", "event__participant__site", "event__participant__trial", "event__ctcae_term"
        )

    def name_of(self, obj: EventObservation) -> str:
        return f"{obj.event.participant.code} · {name_of_event(obj.event)} · {obj.number}"

    @admin.display(description=_lazy("Event"))
    def event_shown(self, obj: EventObservation) -> str:
        return f"{obj.event.participant.code} · {name_of_event(obj.event)}"

    @admin.display(description=_lazy("Since when"))
    def when(self, obj: EventObservation) -> str:
        return partial(obj.observed) if obj.observed else _("not known when")

    @admin.display(description=_lazy("State"))
    def state(self, obj: EventObservation) -> str:
        return _("void") if obj.voided_at else _("recorded")

    def get_fieldsets(self, request: HttpRequest, obj: EventObservation | None = None) -> Any:
        why = ["reason", "seen_version"] if obj and self.has_change_permission(request, obj) else []
        return [(_("Row of the course"), {"fields": [*SAID, *why]})]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row: EventObservation | None = context.get("original")
        context["title"] = self.name_of(row) if row else _("Row of the course")
        context["save_label"] = _("Save the change")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self,
        request: HttpRequest,
        obj: EventObservation,
        form: CorrectObservationForm,
        change: bool,  # noqa: ARG002
    ) -> None:
        row = EventObservation.objects.select_related("event").get(pk=obj.pk)
        changes = {name: form.cleaned_data[name] for name in SAID if name in form.changed_data}
        said = attribution(request, reason=form.stated_reason)
        seen_version = form.cleaned_data.get("seen_version") or row.version
        correct_observation(observation=row, values=changes, seen_version=seen_version, **said)
