"""The forms of a case's verbs. Each has one question; the service decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from events.models import AdverseEvent
from events.rules.adverse_events.entered import CRITERIA
from pharmacovigilance.choices import ReceiptSource, Situation, SuspectCause
from pharmacovigilance.models import Obligation, SafetyCase
from pharmacovigilance.services.assessing import CauseAnswer
from trials.models import ProtocolVersion
from webkit.admin.display import moment
from webkit.admin.forms import NamedRefusals

YES_NO = (("", _lazy("as the site says")), ("yes", _lazy("Yes")), ("no", _lazy("No")))
LONG = {"class": "long"}


class CaseForm(NamedRefusals, forms.ModelForm[SafetyCase]):
    """Nothing of the case itself is entered."""

    class Meta:
        model = SafetyCase
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """The service decides with the case locked."""


class CaseReasonForm(CaseForm):
    reason = forms.CharField(label=_lazy("Reason"), max_length=1000, widget=forms.TextInput(attrs=LONG))


class SigningForm(CaseForm):
    """A signature needs the password again (21 CFR 11.200)."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    password = forms.CharField(
        label=_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "medium"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.instance.version


class NullifyForm(SigningForm):
    reason = forms.CharField(label=_lazy("Reason"), max_length=1000, widget=forms.TextInput(attrs=LONG))


class CaseEventChoice(forms.ModelChoiceField[AdverseEvent]):
    def label_from_instance(self, obj: AdverseEvent) -> str:
        return f"{obj.number} · {obj.ctcae_term or obj.dictionary_term or obj.reported_term}"


def events_in(case: SafetyCase) -> Any:
    """The events in the case."""
    rows = AdverseEvent.objects.filter(case_links__case=case, case_links__ended_at=None)
    return rows.select_related("ctcae_term").order_by("number")


class OpenCaseForm(CaseReasonForm):
    """An event that opens no case automatically: imported, or serious only in the sponsor's view."""

    event = CaseEventChoice(
        label=_lazy("Adverse event"),
        queryset=AdverseEvent.objects.none(),
        help_text=_lazy("Recorded events that stand in no case."),
    )


class CauseForm(SigningForm):
    """One question for each suspect cause; an empty one is not answered."""

    event = CaseEventChoice(label=_lazy("Adverse event"), queryset=AdverseEvent.objects.none())
    grounds = forms.CharField(
        label=_lazy("Grounds"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_lazy("No names, and nothing about the arm."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events: Any = self.fields["event"]
        events.queryset = events_in(self.instance)
        self.initial.setdefault("event", events.queryset.first())
        protocol = ProtocolVersion.objects.protocol_of(trial_id=self.instance.trial_id, on=None)
        choices = [("", _("not answered")), *((one.code, _(one.label)) for one in protocol.causality)]
        for cause in SuspectCause:
            self.fields[f"cause_{cause}"] = forms.ChoiceField(
                label=cause.label, choices=choices, required=False
            )
        self.order_fields(["event", *(f"cause_{cause}" for cause in SuspectCause), "serious", "criteria"])

    def answers(self) -> list[CauseAnswer]:
        """The given answers."""
        given = ((cause, self.cleaned_data.get(f"cause_{cause}")) for cause in SuspectCause)
        return [CauseAnswer(cause, said, self.cleaned_data["grounds"]) for cause, said in given if said]


class SponsorForm(CauseForm):
    serious = forms.ChoiceField(label=_lazy("Serious, in the sponsor's view"), choices=YES_NO, required=False)
    criteria = forms.MultipleChoiceField(
        label=_lazy("By which criteria"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {name: AdverseEvent._meta.get_field(name).verbose_name for name in CRITERIA}  # type: ignore[union-attr]
        self.fields["criteria"].choices = list(names.items())  # type: ignore[attr-defined]

    def seriousness(self) -> bool | None:
        """The sponsor's answer; None: as the site's."""
        return {"yes": True, "no": False}.get(self.cleaned_data.get("serious") or "")


class ObligationChoices(forms.ModelMultipleChoiceField[Obligation]):
    def label_from_instance(self, obj: Obligation) -> str:
        where = _("handed to the unblinded desk") if not obj.is_blinded else _("sent without the arm")
        return f"{obj.get_destination_display()} · {_(obj.rule.label)} · {moment(obj.due_at)} · {where}"


class ReleaseForm(CaseForm):
    obligations = ObligationChoices(
        label=_lazy("Destinations"),
        queryset=Obligation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    reference = forms.CharField(label=_lazy("Reference of what was sent"), max_length=200, required=False)
    late_reason = forms.CharField(
        label=_lazy("Why late"), max_length=1000, required=False, widget=forms.TextInput(attrs=LONG)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Obligation.objects.filter(case=self.instance).with_relations().order_by("due_at", "pk")
        self.fields["obligations"].queryset = rows  # type: ignore[attr-defined]


class ReceiptForm(CaseForm):
    source = forms.ChoiceField(
        label=_lazy("Source"),
        choices=[choice for choice in ReceiptSource.choices if choice[0] != ReceiptSource.SITE],
    )
    received_at = forms.DateTimeField(
        label=_lazy("Received by the sponsor at"), help_text=_lazy("In the time zone of this page.")
    )
    said_by = forms.CharField(
        label=_lazy("From whom"), max_length=200, help_text=_lazy("A function, never a name.")
    )
    text = forms.CharField(
        label=_lazy("In words"), widget=forms.Textarea(attrs={"rows": 4}), max_length=10000
    )
    is_significant = forms.BooleanField(label=_lazy("It can change the report"), required=False, initial=True)


class SituationsForm(CaseReasonForm):
    situations = forms.MultipleChoiceField(
        label=_lazy("Special situations"),
        choices=Situation.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("situations", self.instance.situations)


class SplitForm(CaseReasonForm):
    event = CaseEventChoice(label=_lazy("Adverse event"), queryset=AdverseEvent.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["event"].queryset = events_in(self.instance)  # type: ignore[attr-defined]


class OtherCaseForm(CaseReasonForm):
    other = forms.ModelChoiceField(label=_lazy("Other case"), queryset=SafetyCase.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = SafetyCase.objects.filter(participant=self.instance.participant_id).exclude(
            pk=self.instance.pk
        )
        self.fields["other"].queryset = rows.order_by("number")  # type: ignore[attr-defined]
