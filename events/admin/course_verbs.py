"""The pages of an event's course: a row is added, or the sponsor was informed of a worsening."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from audit.choices import FIRST_ENTRY
from events.choices import EventStatus, Grade, Outcome
from events.models import AdverseEvent, EventObservation, SponsorUpdate
from events.rules.course import ENDING
from events.services.course import SAID, record_observation
from events.services.sponsor_updates import record_sponsor_told
from events.services.suggestions import accept_suggestion
from webkit.admin.fields import MomentField, PartialDateField
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import person_of
from webkit.admin.verbs import Verb

GRADES = [("", _lazy("No change of the grade")), *Grade.choices[:-1]]
OUTCOMES = [("", _lazy("No news")), *(each for each in Outcome.choices if each[0] != Outcome.FATAL)]
"""Death is recorded on the event's own form, with its six questions (R2)."""


class ObservationForm(NamedRefusals, forms.ModelForm[AdverseEvent]):
    """One row: since when (now, unless changed), the grade, what was done, how it is."""

    observed = PartialDateField(
        label=_lazy("Since when?"),
        required=False,
        help_text=_lazy("Now is filled in. Leave empty what is not known."),
    )
    grade = forms.TypedChoiceField(
        label=_lazy("Grade"),
        choices=GRADES,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    intervention = forms.CharField(
        label=_lazy("What was done for it?"),
        required=False,
        max_length=250,
        widget=forms.TextInput(attrs={"class": "long", "autocomplete": "off"}),
    )
    outcome = forms.ChoiceField(
        label=_lazy("How is it now?"), choices=OUTCOMES, required=False, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_lazy("Note"),
        required=False,
        max_length=500,
        help_text=_lazy("No names."),
        widget=forms.TextInput(attrs={"class": "long", "autocomplete": "off"}),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = AdverseEvent
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.localtime(timezone.now(), timezone.get_current_timezone())
        self.initial.setdefault("observed", now.strftime("%Y-%m-%dT%H:%M"))
        self.initial["seen_version"] = self.instance.version

    def _post_clean(self) -> None:
        """Nothing of the event is typed here; whether the row can be is the service's question."""


class SponsorToldForm(NamedRefusals, forms.ModelForm[AdverseEvent]):
    informed_at = MomentField(label=_lazy("When was the sponsor told that it became worse?"))

    class Meta:
        model = AdverseEvent
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Nothing of the event is typed here."""


def add_observation(request: HttpRequest, event: AdverseEvent, form: ObservationForm) -> str:
    values = {name: form.cleaned_data[name] for name in SAID}
    row = record_observation(
        event=event,
        values=values,
        seen_version=form.cleaned_data["seen_version"],
        by=person_of(request),
        at=timezone.now(),
        reason=FIRST_ENTRY,
    )
    answer_proposal(request, event)
    if row.outcome in ENDING:
        return _("Recorded: the event has ended.")
    return _("Recorded in the course of the event.")


def answer_proposal(request: HttpRequest, event: AdverseEvent) -> None:
    """Link the proposal from which the page was opened, if it was, to the event."""
    chosen = request.GET.get("suggestion", "")
    if chosen.isdecimal():
        accept_suggestion(suggestion_id=int(chosen), event=event, by=person_of(request), at=timezone.now())


def sponsor_told(request: HttpRequest, event: AdverseEvent, form: SponsorToldForm) -> str:
    record_sponsor_told(
        event=event,
        informed_at=form.cleaned_data["informed_at"],
        by=person_of(request),
        at=timezone.now(),
        reason=FIRST_ENTRY,
    )
    return _("Recorded: the sponsor was told that the event became worse.")


def _goes_on(event: AdverseEvent) -> bool:
    is_recorded = event.status == EventStatus.RECORDED and event.voided_at is None
    return is_recorded and not event.course_state().has_end


def _is_owed(event: AdverseEvent) -> bool:
    rows = SponsorUpdate.objects.filter(event=event, sponsor_informed_at=None)
    return event.voided_at is None and event.serious is True and rows.exists()


COURSE_VERBS = (
    Verb(
        "course",
        _lazy("Add to the course"),
        _lazy("Record it"),
        Action.RECORD_EVENT,
        ObservationForm,
        add_observation,
        _goes_on,
        _lazy(
            "A change of the grade, what was done, how it is now. Nothing that was recorded is overwritten."
        ),
    ),
    Verb(
        "sponsor_told",
        _lazy("Sponsor told"),
        _lazy("Record it"),
        Action.RECORD_EVENT,
        SponsorToldForm,
        sponsor_told,
        _is_owed,
        _lazy(
            "The event became worse after the first notice: the sponsor is told again, with a clock of its own."
        ),
    ),
)


class VoidObservationForm(NamedRefusals, forms.ModelForm[EventObservation]):
    reason = forms.CharField(
        label=_lazy("Why is it void?"), max_length=500, widget=forms.TextInput(attrs={"class": "long"})
    )

    class Meta:
        model = EventObservation
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Nothing of the row changes here, so its own rules are not checked."""
