"""The unblinded desk: sealed pages of unblinded reporters, each opening logged."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action, ClearanceGround
from pharmacovigilance.admin.case_files import attachment, interval_of, listing_file
from pharmacovigilance.choices import DeskOutcome, StepKind
from pharmacovigilance.downloads.aggregate import dsur_listing
from pharmacovigilance.downloads.cioms import cioms_form
from pharmacovigilance.models import DeskRecord, DeskStep, Obligation
from pharmacovigilance.queries.arms import arms_by_participant
from pharmacovigilance.rendering.cioms import cioms_pdf
from pharmacovigilance.services import desk, messages
from trials.models import Trial
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


class HandedForm(DeskStepForm):
    """Which obligation the message is for."""

    kind = reference = text = late_reason = None  # type: ignore[assignment]


def make_message(request: HttpRequest, record: DeskRecord, form: HandedForm) -> str:
    kept = messages.make_message(record=record, **form.cleaned_data, by=person_of(request), at=timezone.now())
    return _("Made under seal: %(batch)s. Send it, then record that it was sent.") % {
        "batch": kept.batch_number
    }


def record_step(request: HttpRequest, record: DeskRecord, form: DeskStepForm) -> str:
    desk.record_desk_step(record=record, **form.cleaned_data, by=person_of(request), at=timezone.now())
    return _("Recorded at the unblinded desk, under seal.")


@admin.register(DeskRecord)
class DeskRecordAdmin(SealedAdmin):
    """Cases with an opened arm. Blinded roles never reach this page."""

    clearance_ground = ClearanceGround.EXPEDITED_REPORT
    view_action = Action.REPORT_UNBLINDED
    list_display = ("case", "arm_code", "outcome", "opened_shown")
    list_select_related = ("case",)
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = ("case", "arm_code", "outcome", "opened_shown", "log")
    change_list_template = "admin/pharmacovigilance/deskrecord/change_list.html"
    verbs = (
        Verb("message", _lazy("Make the message"), _lazy("Make the message"), Action.REPORT_UNBLINDED,
             HandedForm, make_message, lambda record: record.outcome != DeskOutcome.PLACEBO,
             _lazy("Of the last signed version, with the product named. What breaks a rule does not leave.")),
        Verb("step", _lazy("Record what was sent or came back"), _lazy("Keep"), Action.REPORT_UNBLINDED,
             DeskStepForm, record_step, lambda record: record.outcome != DeskOutcome.PLACEBO),
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = "pharmacovigilance_deskrecord"
        ours = [
            path("<int:pk>/cioms/", view(self.cioms_view), name=f"{name}_cioms"),
            path("tabulations.csv", view(self.csv_view), name=f"{name}_tabulations_csv"),
            path("tabulations.pdf", view(self.pdf_view), name=f"{name}_tabulations_pdf"),
        ]
        return [*ours, *super().get_urls()]

    def cioms_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """CIOMS I of the last signed version, with the product named."""
        with self.opened(request):
            record = self.get_object(request, str(pk))
            version = record.case.versions.order_by("-number").first() if record else None
            if record is None or version is None:
                raise Http404
            named = messages.product_named(record) or str(_("no allocation on record"))
            form = cioms_form(case=record.case, version=version, at=timezone.now(), product_name=named)
            return attachment(cioms_pdf(form), "application/pdf", f"cioms-unblinded-{record.case}.pdf")

    def csv_view(self, request: HttpRequest) -> HttpResponse:
        """The tabulations by arm, as a table."""
        return self._tabulations(request, "csv")

    def pdf_view(self, request: HttpRequest) -> HttpResponse:
        """The same on paper."""
        return self._tabulations(request, "pdf")

    def _tabulations(self, request: HttpRequest, form: str) -> HttpResponse:
        at, trial = timezone.now(), Trial.objects.get(pk=self.trial_id_of(request))
        try:
            start, end = interval_of(request, trial, at)
        except ValidationError as refusal:
            said = "\n".join(refusal.messages)
            return HttpResponse(said, content_type="text/plain; charset=utf-8", status=400)
        with self.opened(request):
            arms = arms_by_participant(trial)
            listing = dsur_listing(trial=trial, sites=None, start=start, end=end, at=at, arms=arms)
            return listing_file(listing, form, f"tabulations-unblinded-{trial.code}")

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
