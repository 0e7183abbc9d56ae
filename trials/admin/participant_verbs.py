"""Verbs of a participant: enrolled, screening failed, withdrawn, completed, died. One question page each."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from audit.choices import FIRST_ENTRY
from partial_dates import local_date
from trials import services
from trials.choices import ParticipantStatus
from trials.models import Infusion, Participant, ProtocolVersion
from trials.rules.enrolment import may_become
from webkit.admin.fields import DayField, MomentField, PartialDateField
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution
from webkit.admin.verbs import Verb


class _StepForm(NamedRefusals, forms.ModelForm[Participant]):
    """The answers of a step; the service changes the participant, so no model field here."""

    class Meta:
        model = Participant
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """The service checks the participant's rules with all changes of the step."""


class EnrolForm(_StepForm):
    enrolled_at = MomentField(
        label=_lazy("Randomised at"),
        help_text=_lazy("From the randomisation's confirmation. The arm is not entered here."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = local_date(timezone.now(), self.instance.trial.timezone)
        protocol = ProtocolVersion.objects.protocol_of(trial_id=self.instance.trial_id, on=today)
        for stratum in protocol.strata:
            known = self.instance.strata.get(stratum.code)
            if stratum.variable != "age_years":
                levels = [
                    ("", _("Not recorded")),
                    *((level.code, _(level.label)) for level in stratum.levels),
                ]
                self.fields[f"stratum_{stratum.code}"] = forms.ChoiceField(
                    label=_(stratum.label),
                    choices=levels,
                    required=False,
                    initial=known,
                    widget=forms.RadioSelect,
                )

    def strata(self) -> dict[str, str]:
        """The chosen levels, by stratum."""
        return {
            name.removeprefix("stratum_"): level
            for name, level in self.cleaned_data.items()
            if name.startswith("stratum_") and level
        }


class ScreenFailureForm(_StepForm):
    reason = forms.CharField(
        label=_lazy("Why did screening fail?"),
        max_length=500,
        widget=forms.TextInput(attrs={"class": "long"}),
    )


class WithdrawForm(_StepForm):
    withdrawn_date = DayField(label=_lazy("Withdrawn on"))
    withdrawal_reason = forms.CharField(
        label=_lazy("Why? (“not given” is an answer)"),
        max_length=500,
        widget=forms.TextInput(attrs={"class": "long"}),
    )


class CompleteForm(_StepForm):
    completed_date = DayField(label=_lazy("Completed on"))


class DeathForm(_StepForm):
    died = PartialDateField(
        label=_lazy("When?"), required=False, help_text=_lazy("Leave empty what is not known.")
    )
    death_cause = forms.CharField(
        label=_lazy("Cause, as far as known"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"class": "long"}),
    )


class TakeBackEndForm(_StepForm):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_lazy("Why? (for example: entered for the wrong participant)"),
        max_length=500,
        widget=forms.TextInput(attrs={"class": "long"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.instance.version


class NotGivenForm(_StepForm):
    number = forms.TypedChoiceField(label=_lazy("Which infusion?"), coerce=int, widget=forms.RadioSelect)
    not_given_reason = forms.CharField(
        label=_lazy("Why was it not given?"), max_length=500, widget=forms.TextInput(attrs={"class": "long"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        protocol = ProtocolVersion.objects.protocol_of(
            trial_id=self.instance.trial_id, on=self.instance.day0_date
        )
        recorded = set(
            Infusion.objects.standing().filter(participant=self.instance).values_list("number", flat=True)
        )
        number: Any = self.fields["number"]
        number.choices = [
            (dose.number, _("Infusion %(number)d") % {"number": dose.number})
            for dose in protocol.infusions.doses
            if dose.number not in recorded
        ]


def _by(request: HttpRequest) -> dict[str, Any]:
    return attribution(request, reason=FIRST_ENTRY)


def enrol(request: HttpRequest, person: Participant, form: EnrolForm) -> str:
    row = services.enrol_participant(
        participant=person,
        enrolled_at=form.cleaned_data["enrolled_at"],
        strata=form.strata() or None,
        **_by(request),
    )
    if row.consented_at is None:
        text = _("No consent of %(code)s is recorded. Enter when it was given, or record the deviation.")
        messages.warning(request, text % {"code": row.code})
    return _("Enrolled: %(code)s, number %(number)d. Next: the serum of day 0, then the first infusion.") % {
        "code": row.code,
        "number": row.enrolment_number,
    }


def fail_screening(request: HttpRequest, person: Participant, form: ScreenFailureForm) -> str:
    services.fail_screening(participant=person, **{**_by(request), "reason": form.cleaned_data["reason"]})
    return _("Recorded: %(code)s is a screen failure. Nothing more is due.") % {"code": person.code}


def withdraw(request: HttpRequest, person: Participant, form: WithdrawForm) -> str:
    services.withdraw_participant(participant=person, **form.cleaned_data, **_by(request))
    return _("Recorded: %(code)s is withdrawn. What was recorded until then stays.") % {"code": person.code}


def complete(request: HttpRequest, person: Participant, form: CompleteForm) -> str:
    services.complete_participant(participant=person, **form.cleaned_data, **_by(request))
    return _("Recorded: %(code)s has completed the trial.") % {"code": person.code}


def die(request: HttpRequest, person: Participant, form: DeathForm) -> str:
    services.record_death(participant=person, **form.cleaned_data, **_by(request))
    return _(
        "Recorded: %(code)s has died. Next: record the adverse event that led to it, with outcome fatal."
    ) % {"code": person.code}


def take_back_end(request: HttpRequest, person: Participant, form: TakeBackEndForm) -> str:
    row = services.take_back_end(participant=person, **{**_by(request), **form.cleaned_data})
    return _("Taken back. %(code)s is again: %(status)s. The history keeps what was recorded.") % {
        "code": row.code,
        "status": row.get_status_display(),
    }


def not_given(request: HttpRequest, person: Participant, form: NotGivenForm) -> str:
    services.record_infusion_not_given(participant=person, **form.cleaned_data, **_by(request))
    return _("Recorded: infusion %(number)d of %(code)s was not given.") % {
        "number": form.cleaned_data["number"],
        "code": person.code,
    }


def _is(*states: str) -> Any:
    return lambda person: person.status in states


_is_running = _is(ParticipantStatus.SCREENED, ParticipantStatus.ENROLLED)

VERBS = (
    Verb(
        "enrol",
        _lazy("Enrol"),
        _lazy("Enrol"),
        Action.ENROL_PARTICIPANT,
        EnrolForm,
        enrol,
        _is(ParticipantStatus.SCREENED),
    ),
    Verb(
        "screen-failure",
        _lazy("Screening failed"),
        _lazy("Record the failure"),
        Action.SCREEN_PARTICIPANT,
        ScreenFailureForm,
        fail_screening,
        _is(ParticipantStatus.SCREENED),
    ),
    Verb(
        "not-given",
        _lazy("Infusion not given"),
        _lazy("Record it as not given"),
        Action.RECORD_INFUSION,
        NotGivenForm,
        not_given,
        _is(ParticipantStatus.ENROLLED),
    ),
    Verb(
        "death",
        _lazy("Died"),
        _lazy("Record the death"),
        Action.RECORD_PARTICIPANT_STATUS,
        DeathForm,
        die,
        lambda person: not person.has_died and may_become(person.status, ParticipantStatus.DIED),
    ),
    Verb(
        "withdraw",
        _lazy("Withdrawn"),
        _lazy("Record the withdrawal"),
        Action.RECORD_PARTICIPANT_STATUS,
        WithdrawForm,
        withdraw,
        _is(ParticipantStatus.ENROLLED),
    ),
    Verb(
        "complete",
        _lazy("Completed"),
        _lazy("Record the completion"),
        Action.RECORD_PARTICIPANT_STATUS,
        CompleteForm,
        complete,
        _is(ParticipantStatus.ENROLLED),
    ),
    Verb(
        "take-back",
        _lazy("Status recorded by mistake"),
        _lazy("Take back what was recorded"),
        Action.RECORD_PARTICIPANT_STATUS,
        TakeBackEndForm,
        take_back_end,
        lambda person: person.has_died or not _is_running(person),
        _lazy(
            "Takes back the death; if there is none, the withdrawal, the completion or the failed screening."
        ),
    ),
)
