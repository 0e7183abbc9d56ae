"""Proposed events: what a measured value proposes, by which rule, and the two answers to it."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from events.admin.grade_lines import limit_lines
from events.choices import SuggestionState
from events.models import SuggestedEvent
from events.services.suggestions import dismiss_suggestion
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import moment, partial
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import person_of
from webkit.admin.verbs import Verb


class DismissForm(NamedRefusals, forms.ModelForm[SuggestedEvent]):
    reason = forms.CharField(
        label=_lazy("Why is it no event?"), max_length=500, widget=forms.TextInput(attrs={"class": "long"})
    )

    class Meta:
        model = SuggestedEvent
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Nothing of the proposal changes here but its answer."""


def dismiss_proposal(request: HttpRequest, suggestion: SuggestedEvent, form: DismissForm) -> str:
    reason = form.cleaned_data["reason"]
    dismiss_suggestion(suggestion=suggestion, by=person_of(request), at=timezone.now(), reason=reason)
    return _("Dismissed. A worse value of the same episode asks again.")


def rule_in_reader_words(suggestion: SuggestedEvent) -> str:
    """The limits of the proposed grades, in the reader's language."""
    lines = limit_lines(suggestion.term)
    shown = [f"{grade}: {lines[str(grade)]}" for grade in suggestion.grades if str(grade) in lines]
    return f"CTCAE v{suggestion.term.ctcae_version} · " + " · ".join(shown)


def answer_url(suggestion: SuggestedEvent) -> str:
    """The form for the answer "yes": a row of the linked event's course, or a new event with the proposed values."""
    if suggestion.event_id is not None:
        row: dict[str, Any] = {"grade": suggestion.grade, "suggestion": suggestion.pk}
        return f"{reverse('admin:events_adverseevent_course', args=[suggestion.event_id])}?{urlencode(row)}"
    said = {
        "participant": suggestion.participant_id,
        "ctcae_term": suggestion.term_id,
        "reported_term": f"{suggestion.test} {suggestion.value}",
        "grade": suggestion.grade,
        "onset": suggestion.began,
        "suggestion": suggestion.pk,
    }
    return f"{reverse('admin:events_adverseevent_add')}?{urlencode(said)}"


@admin.register(SuggestedEvent)
class SuggestedEventAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_EVENTS
    site_path = "participant__site"
    change_form_template = "admin/events/suggestedevent/change_form.html"
    list_display = ("participant", "proposed", "value", "last_shown", "state")
    list_display_links = ("proposed",)
    list_filter = ("state",)
    list_select_related = ("participant", "term")
    search_fields = ("participant__code", "term__term")
    search_help_text = _lazy("Participant or term")
    ordering = ("-last_at", "-id")
    sortable_by = ()
    fields = readonly_fields = (
        "participant_shown",
        "proposed",
        "value_shown",
        "rule_shown",
        "began_shown",
        "last_shown",
        "state",
        "dismissed_because",
    )
    verbs = (
        Verb(
            "dismiss",
            _lazy("No event"),
            _lazy("Dismiss the proposal"),
            Action.RECORD_EVENT,
            DismissForm,
            dismiss_proposal,
            lambda suggestion: suggestion.state == SuggestionState.OPEN,
            _lazy("The value stays on record. Say why it is no event, for example: haemolysed sample."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[SuggestedEvent]:
        rows = super().get_queryset(request)
        return rows.select_related(
            "participant__site", "participant__trial", "term", "event__ctcae_term", "trial"
        )

    def name_of(self, obj: SuggestedEvent) -> str:
        return f"{obj.participant.code} · {obj.term.term}"

    @admin.display(description=_lazy("Participant"))
    def participant_shown(self, obj: SuggestedEvent) -> str:
        return obj.participant.code

    @admin.display(description=_lazy("Proposed"))
    def proposed(self, obj: SuggestedEvent) -> str:
        either = _("or")
        grades = f" {either} ".join(str(grade) for grade in obj.grades)
        return _("%(term)s, grade %(grades)s") % {"term": obj.term.term, "grades": grades}

    @admin.display(description=_lazy("Worst value"))
    def value_shown(self, obj: SuggestedEvent) -> str:
        return f"{obj.test}: {obj.value}"

    @admin.display(description=_lazy("Rule"))
    def rule_shown(self, obj: SuggestedEvent) -> str:
        return rule_in_reader_words(obj)

    @admin.display(description=_lazy("Since when"))
    def began_shown(self, obj: SuggestedEvent) -> str:
        return partial(obj.began)

    @admin.display(description=_lazy("Last value"))
    def last_shown(self, obj: SuggestedEvent) -> str:
        return moment(obj.last_at)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row: SuggestedEvent = context["original"]
        may_answer = row.state == SuggestionState.OPEN and self.may(request, Action.RECORD_EVENT, row)
        context.update(
            answer_url=answer_url(row) if may_answer else "",
            answer_label=_("Record the worse grade") if row.event_id else _("Record it as an event"),
            event_url=reverse("admin:events_adverseevent_change", args=[row.event_id])
            if row.event_id
            else "",
        )
        return super().render_change_form(request, context, *args, **kwargs)
