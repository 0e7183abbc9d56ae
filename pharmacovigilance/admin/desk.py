"""The unblinded desk: sealed pages of unblinded reporters, each opening logged."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action, ClearanceGround
from pharmacovigilance.choices import DeskOutcome, StepKind
from pharmacovigilance.models import DeskRecord, DeskStep, Obligation
from pharmacovigilance.services import desk
from webkit.admin.display import moment
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import person_of
from webkit.admin.sealed import SealedAdmin
from webkit.admin.verbs import Verb

KINDS = [
    (one.value, one.label)
    for one in (StepKind.SENT, StepKind.OPENED, StepKind.ACKNOWLEDGED, StepKind.REJECTED)
]


class HandedChoice(forms.ModelChoiceField[Obligation]):
    def label_from_instance(self, obj: Obligation) -> str:
        return f"{obj.get_destination_display()} · {_(obj.rule.label)} · {moment(obj.due_at)}"


class DeskStepForm(NamedRefusals, forms.ModelForm[DeskRecord]):
    obligation = HandedChoice(label=_lazy("Obligation"), queryset=Obligation.objects.none())
    kind = forms.ChoiceField(label=_lazy("What"), choices=KINDS)
    reference = forms.CharField(label=_lazy("Reference"), max_length=200, required=False)
    text = forms.CharField(label=_lazy("In words"), max_length=2000, required=False)
    late_reason = forms.CharField(label=_lazy("Why late"), max_length=1000, required=False)

    class Meta:
        model = DeskRecord
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Obligation.objects.filter(case=self.instance.case_id, steps__kind=StepKind.HANDED)
        self.fields["obligation"].queryset = rows.select_related("rule").distinct()  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The service decides."""


def record_step(request: HttpRequest, record: DeskRecord, form: DeskStepForm) -> str:
    desk.record_desk_step(record=record, **form.cleaned_data, by=person_of(request), at=timezone.now())
    return _("Recorded at the unblinded desk, under seal.")


@admin.register(DeskRecord)
class DeskRecordAdmin(SealedAdmin):
    """Cases whose arm was opened. Blinded roles never reach this page."""

    clearance_ground = ClearanceGround.EXPEDITED_REPORT
    view_action = Action.REPORT_UNBLINDED
    list_display = ("case", "arm_code", "outcome", "opened_shown")
    list_select_related = ("case",)
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = ("case", "arm_code", "outcome", "opened_shown", "log")
    verbs = (
        Verb("step", _lazy("Record what was sent or came back"), _lazy("Keep"), Action.REPORT_UNBLINDED,
             DeskStepForm, record_step, lambda record: record.outcome != DeskOutcome.PLACEBO),
    )  # fmt: skip

    def name_of(self, obj: DeskRecord) -> str:
        return str(obj.case)

    @admin.display(description=_lazy("Opened at"))
    def opened_shown(self, obj: DeskRecord) -> str:
        return moment(obj.recorded_at)

    @admin.display(description=_lazy("Log"))
    def log(self, obj: DeskRecord) -> str:
        rows = DeskStep.objects.filter(record=obj).order_by("done_at", "pk")
        said = [
            f"{moment(row.done_at)} · {row.get_kind_display()} · {row.get_destination_display()} · "
            f"{row.reference} {row.text} {row.late_reason}".strip()
            for row in rows
        ]
        return "; ".join(said) or _("nothing yet")
