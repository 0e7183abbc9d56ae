"""The form of an adverse event: the format of the input. The model's rules check the values."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.admin.term_box import ask_server
from events.choices import EventStatus, Grade, Lowering, Outcome
from events.models import AdverseEvent, CtcaeTerm
from events.rules.adverse_events.entered import CODED, CRITERIA, ENTERED
from events.wording import name_of_event
from trials.models import Infusion, Participant
from trials.rules.protocol import Protocol
from webkit.admin import RecordForm
from webkit.admin.combo import ComboSelect
from webkit.admin.display import moment, partial
from webkit.admin.fields import MomentField, PartialDateField, YesNoField

QUESTIONS = {
    "results_in_death": _("Did it result in death?"),
    "life_threatening": _("Was the participant's life at risk at that moment?"),
    "hospitalisation": _("Did it prolong the stay in hospital, or lead to one?"),
    "disability": _("Did it leave a persistent or significant disability?"),
    "congenital_anomaly": _("Is it a congenital anomaly?"),
    "medically_important": _("Is it medically important for another reason?"),
}

VALUES = ENTERED


class EarlierEventChoice(forms.ModelChoiceField[AdverseEvent]):
    """An event of the participant that ended."""

    def label_from_instance(self, obj: AdverseEvent) -> str:
        return f"{obj.number} · {name_of_event(obj)} · {partial(obj.onset)} – {partial(obj.ended)}"


class FollowedInfusionChoice(forms.ModelChoiceField[Infusion]):
    """An infusion that was given to the participant."""

    def label_from_instance(self, obj: Infusion) -> str:
        words = {"number": obj.number, "when": moment(obj.started_at)}
        return _("Infusion %(number)d, %(when)s") % words


class EventForm(RecordForm):
    """One page, five steps: who, what, when, how bad, what was done."""

    onset = PartialDateField(
        label=_("When did it start?"),
        required=False,
        help_text=_("Leave empty what is not known: the year alone is enough."),
    )
    ended = PartialDateField(
        label=_("When did it end?"), required=False, help_text=_("Empty while it goes on.")
    )
    worsened = PartialDateField(
        label=_("When did it become worse?"),
        required=False,
        help_text=_("Only for a complaint that was there before and became worse."),
    )
    ongoing = YesNoField(label=_("Is it still going on?"))
    grade = forms.TypedChoiceField(
        label=_("Grade"),
        required=False,
        choices=[("", _("Not graded yet")), *Grade.choices],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    present_grade = forms.TypedChoiceField(
        label=_("Grade now"),
        help_text=_("Only when it is lower than at its worst."),
        required=False,
        choices=[("", _("As at its worst")), *Grade.choices[:-1]],
        coerce=int,
        empty_value=None,
    )
    lowering = forms.ChoiceField(
        label=_("Why is it less than before?"),
        required=False,
        choices=[(each.value, each.label) for each in (Lowering.ERROR, Lowering.IMPROVED)],
        widget=forms.RadioSelect,
        help_text=_("An event is kept at its worst: if it is better now, the worst stays."),
    )
    serious = YesNoField(
        label=_("Is it serious?"),
        help_text=_("Serious is not the same as severe: it is if one of the six questions is answered yes."),
    )
    aware_at = MomentField(
        label=_("When did the site learn that it is serious?"),
        required=False,
        help_text=_("The 24 hours run from here."),
    )
    sponsor_informed_at = MomentField(label=_("When was the sponsor told?"), required=False)
    reopens = EarlierEventChoice(
        label=_("Is it back after a recovery?"),
        queryset=AdverseEvent.objects.none(),
        required=False,
        empty_label=_("No"),
    )
    after_infusion = FollowedInfusionChoice(
        label=_("Which infusion does it follow?"),
        queryset=Infusion.objects.none(),
        required=False,
        empty_label=_("The one that its dates say"),
    )
    distinct_because = forms.CharField(
        label=_("Why is it another event?"),
        required=False,
        max_length=250,
        help_text=_("A similar event is on record. Open it below, or say why this one is another."),
        widget=forms.TextInput(attrs={"class": "long", "autocomplete": "off"}),
    )
    causality = forms.ChoiceField(label=_("What caused it?"), required=False, widget=forms.RadioSelect)

    class Meta:
        model = AdverseEvent
        fields = ("participant", *VALUES)
        labels = {
            "participant": _("Participant"),
            "reported_term": _("What happened, in your words"),
            "ctcae_term": _("Term of the dictionary"),
            "specify": _("Specify"),
            "severity": _("Intensity"),
            "action_taken": _("What was done with the infusions?"),
            "outcome": _("How is it now?"),
            "narrative": _("Course, in your words"),
        }
        help_texts = {
            "ctcae_term": _(
                "A word that finds nothing is counted for the data manager, without you and without the participant: "
                "type no names."
            )
        }
        widgets = {
            "reported_term": forms.TextInput(attrs={"class": "long", "autocomplete": "off"}),
            "ctcae_term": ComboSelect(
                hint=_("Type what you would say: kidney failure, fits …"),
                empty=_("No term with these letters"),
                unchosen=_("is not coded yet"),
            ),
            "specify": forms.TextInput(attrs={"class": "long", "autocomplete": "off"}),
            **dict.fromkeys(CODED, forms.RadioSelect),
            "narrative": forms.Textarea(attrs={"rows": 5}),
            "relevant_history": forms.Textarea(attrs={"rows": 3}),
        }

    class Media:
        js = (
            forms.Script("webkit/combo.js", defer=True),
            forms.Script("events/event-form.js", defer=True),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CRITERIA:
            if name in self.fields:
                self.fields[name] = YesNoField(label=QUESTIONS[name])
        for name in CODED:
            self._ask_openly(name)
        if "onset" in self.fields and self.is_bound:
            self.instance.judged_at = timezone.now()
        self._as_draft = "_draft" in self.data
        self._offer_of_participant()
        if self.instance.pk is None or self.instance.status != EventStatus.RECORDED:
            self._drop("lowering")

    def _offer_of_participant(self) -> None:
        """Ended events and infusions of the participant.

        Nothing is queried before a participant is chosen, or where there is none.
        """
        chosen = str(self.data.get("participant") or self.initial.get("participant") or "")
        participant = self.instance.participant_id or (int(chosen) if chosen.isdecimal() else None)
        ended = AdverseEvent.objects.recorded().filter(participant=participant).exclude(ended="")
        earlier = ended.exclude(pk=self.instance.pk).exclude(outcome=Outcome.FATAL)
        given = Infusion.objects.given().filter(participant=participant, started_at__isnull=False)
        self._offer("reopens", earlier.select_related("ctcae_term").order_by("-number"))
        self._offer("after_infusion", given.order_by("number"))

    def _offer(self, name: str, rows: QuerySet[Any]) -> None:
        if name in self.fields:
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
            if not rows:
                self._drop(name)

    def _ask_openly(self, name: str) -> None:
        """Radio rows with "not recorded" as an answer of its own, so that a wrong click can be undone."""
        if name in self.fields:
            field: Any = self.fields[name]
            answers = [choice for choice in field.choices if choice[0]]
            field.choices = [*answers, ("", _("Not recorded"))]

    def for_trial(self, protocol: Protocol | None, participants: Any) -> None:
        """The possible participants, and the words of their trial: its causes, its dictionary."""
        if "participant" in self.fields:
            self.fields["participant"].queryset = participants  # type: ignore[attr-defined]
        if protocol is None:
            return
        if "causality" in self.fields:
            causality: Any = self.fields["causality"]
            causality.choices = [
                *((c.code, _(c.label)) for c in protocol.causality),
                ("", _("Not assessed")),
            ]
        if protocol.dictionary.is_coded:
            self._drop("dictionary_term", "dictionary_soc")
            terms = CtcaeTerm.objects.filter(ctcae_version=protocol.dictionary.version)
            if "ctcae_term" in self.fields:
                self.fields["ctcae_term"].queryset = terms  # type: ignore[attr-defined]
                self._search_terms(str(protocol.dictionary.version), participants)
        else:
            graded = () if protocol.dictionary.is_graded else ("grade", "present_grade")
            self._drop("ctcae_term", "specify", *graded)

    def _search_terms(self, version: str, participants: Any) -> None:
        """The box queries the server, with the trial of the possible participants for the ranking."""
        first = self.instance.participant if self.instance.participant_id else participants.first()
        trial_code = first.trial.code if first else ""
        ask_server(self.fields["ctcae_term"].widget, version, trial_code)

    def _drop(self, *names: str) -> None:
        for name in names:
            self.fields.pop(name, None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.instance.status = EventStatus.DRAFT if self._as_draft else EventStatus.RECORDED
        chosen: Participant | None = cleaned.get("participant")
        if chosen is not None:
            self.instance.trial_id = chosen.trial_id
        return cleaned

    @property
    def needs_choices(self) -> bool:
        """A draft may stay without a term; a typed text is reported when it is saved."""
        return not self._as_draft

    @property
    def is_draft(self) -> bool:
        """Whether the button "save draft" was pressed."""
        return self._as_draft

    def values(self) -> dict[str, Any]:
        """The input of the service: model fields by name.

        An infusion that was not chosen is derived from the dates.
        """
        said = {name: self.cleaned_data[name] for name in VALUES if name in self.cleaned_data}
        if "after_infusion" not in self.changed_data:
            said.pop("after_infusion", None)
        return said
