"""Verbs of an infusion after its start: it ends, is interrupted, or was entered by mistake."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from audit.choices import FIRST_ENTRY
from trials import services
from trials.choices import InfusionStatus
from trials.models import Infusion
from webkit.admin.fields import MomentField, NumberInput, YesNoField
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution
from webkit.admin.verbs import Verb


class _StepForm(NamedRefusals, forms.ModelForm[Infusion]):
    class Meta:
        model = Infusion
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """The service checks the infusion's rules with all changes of the step."""


NOT_KNOWN_IS_EMPTY = _lazy("Leave empty when it is not known.")


class EndInfusionForm(_StepForm):
    ended_at = MomentField(label=_lazy("Ended at"))
    volume_ml = forms.DecimalField(
        label=_lazy("Volume given (mL)"),
        required=False,
        min_value=0,
        max_digits=6,
        decimal_places=1,
        widget=NumberInput,
    )
    interrupted = YesNoField(label=_lazy("Was it interrupted?"))
    interruption_reason = forms.CharField(
        label=_lazy("Why was it interrupted?"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"class": "long"}),
    )
    interrupted_at = MomentField(
        label=_lazy("Interrupted from"), required=False, help_text=NOT_KNOWN_IS_EMPTY
    )
    resumed_at = MomentField(label=_lazy("Interrupted to"), required=False, help_text=NOT_KNOWN_IS_EMPTY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.interrupted:
            names = ("interrupted", "interruption_reason", "interrupted_at", "resumed_at")
            self.initial.update({name: getattr(self.instance, name) for name in names})
        self.initial.setdefault("ended_at", timezone.localtime().replace(second=0, microsecond=0))


class InterruptForm(_StepForm):
    interruption_reason = forms.CharField(
        label=_lazy("Why was it interrupted?"),
        max_length=500,
        widget=forms.TextInput(attrs={"class": "long"}),
    )
    interrupted_at = MomentField(
        label=_lazy("Interrupted from"), required=False, help_text=NOT_KNOWN_IS_EMPTY
    )
    resumed_at = MomentField(
        label=_lazy("Interrupted to"),
        required=False,
        help_text=_lazy("Leave empty while it stands still, or when it is not known."),
    )


class VoidInfusionForm(_StepForm):
    reason = forms.CharField(
        label=_lazy("Why is it void?"), max_length=500, widget=forms.TextInput(attrs={"class": "long"})
    )


def _by(request: HttpRequest) -> dict[str, Any]:
    return attribution(request, reason=FIRST_ENTRY)


def end_infusion(request: HttpRequest, infusion: Infusion, form: EndInfusionForm) -> str:
    services.end_infusion(infusion=infusion, **form.cleaned_data, **_by(request))
    return _("Ended: infusion %(number)d of %(participant)s. The checks go on until the window closes.") % {
        "number": infusion.number,
        "participant": infusion.participant.code,
    }


def interrupt(request: HttpRequest, infusion: Infusion, form: InterruptForm) -> str:
    services.interrupt_infusion(infusion=infusion, **form.cleaned_data, **_by(request))
    return _(
        "Recorded: the infusion was interrupted. If something happened to the participant, record the adverse event too."
    )


def void_infusion(request: HttpRequest, infusion: Infusion, form: VoidInfusionForm) -> str:
    services.void_infusion(infusion=infusion, **{**_by(request), "reason": form.cleaned_data["reason"]})
    return _("The infusion is void. It stays readable, and counts nowhere.")


def _is_given(infusion: Infusion) -> bool:
    return infusion.voided_at is None and infusion.status == InfusionStatus.GIVEN


VERBS = (
    Verb(
        "end",
        _lazy("End"),
        _lazy("The infusion has ended"),
        Action.RECORD_INFUSION,
        EndInfusionForm,
        end_infusion,
        lambda infusion: _is_given(infusion) and infusion.ended_at is None,
    ),
    Verb(
        "interrupt",
        _lazy("Interrupted"),
        _lazy("Record the interruption"),
        Action.RECORD_INFUSION,
        InterruptForm,
        interrupt,
        lambda infusion: _is_given(infusion) and not infusion.interrupted,
    ),
    Verb(
        "void",
        _lazy("Void"),
        _lazy("Void this infusion"),
        Action.RECORD_INFUSION,
        VoidInfusionForm,
        void_infusion,
        lambda infusion: infusion.voided_at is None,
        _lazy("For an infusion entered by mistake. Nothing is deleted."),
    ),
)
