"""The board of obligations: soonest first, each with a word, a shape and a colour.

And the log of one obligation.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import site_codes_for, trial_codes_for
from pharmacovigilance.admin.case_page import STATE_SHAPES, obligation_shown
from pharmacovigilance.choices import ClosedBecause, StepKind
from pharmacovigilance.models import Obligation
from pharmacovigilance.services import owing, releasing
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import moment
from webkit.admin.forms import NamedRefusals
from webkit.admin.requests import attribution, person_of
from webkit.admin.verbs import Verb

LONG = {"class": "long"}
ANSWERS = [(one.value, one.label) for one in (StepKind.OPENED, StepKind.ACKNOWLEDGED, StepKind.REJECTED)]


class ObligationForm(NamedRefusals, forms.ModelForm[Obligation]):
    class Meta:
        model = Obligation
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """An obligation never changes; the service adds a step."""


class CloseForm(ObligationForm):
    because = forms.ChoiceField(label=_lazy("Closed because"), choices=ClosedBecause.choices)
    reason = forms.CharField(label=_lazy("Reason"), max_length=1000, widget=forms.TextInput(attrs=LONG))


class SentForm(ObligationForm):
    reference = forms.CharField(label=_lazy("Reference of what was sent"), max_length=200)
    late_reason = forms.CharField(
        label=_lazy("Why late"), max_length=1000, required=False, widget=forms.TextInput(attrs=LONG)
    )


class AnswerForm(ObligationForm):
    kind = forms.ChoiceField(label=_lazy("What came back"), choices=ANSWERS)
    reference = forms.CharField(label=_lazy("Reference"), max_length=200, required=False)
    text = forms.CharField(
        label=_lazy("In words"), max_length=2000, required=False, widget=forms.TextInput(attrs=LONG)
    )


class ExplainForm(ObligationForm):
    reason = forms.CharField(label=_lazy("Why late"), max_length=1000, widget=forms.TextInput(attrs=LONG))


def close(request: HttpRequest, row: Obligation, form: CloseForm) -> str:
    owing.close_obligation(
        obligation=row,
        because=form.cleaned_data["because"],
        **attribution(request, reason=form.cleaned_data["reason"]),
    )
    return _("Closed: nothing is sent. The reason is kept.")


def sent(request: HttpRequest, row: Obligation, form: SentForm) -> str:
    releasing.meet_declared(obligation=row, **form.cleaned_data, by=person_of(request), at=timezone.now())
    return _("Kept: it was sent.")


def answered(request: HttpRequest, row: Obligation, form: AnswerForm) -> str:
    releasing.record_answer(obligation=row, **form.cleaned_data, by=person_of(request), at=timezone.now())
    return _("Kept in the log of messages.")


def explain(request: HttpRequest, row: Obligation, form: ExplainForm) -> str:
    releasing.explain_lateness(obligation=row, **attribution(request, reason=form.cleaned_data["reason"]))
    return _("Kept: why it was late.")


def _is(*states: str) -> Any:
    return lambda row: row.state_at(timezone.now()) in states


OPEN, MET = ("running", "soon", "overdue"), ("met", "met_late")


@admin.register(Obligation)
class ObligationAdmin(RoleScopedAdmin):
    """The obligations.

    Site staff see those of their participants; those started by a declaration are for the whole trial.
    """

    view_action = Action.VIEW_CASES
    site_path = None
    change_form_template = "admin/pharmacovigilance/obligation/change_form.html"
    list_display = ("state_shown", "destination", "rule_shown", "due_shown", "case")
    list_filter = ("destination",)
    ordering = ("due_at", "id")
    sortable_by = ()
    fields = ()
    verbs = (
        Verb("close", _lazy("Close"), _lazy("Close without a message"), Action.MANAGE_CASES, CloseForm, close,
             _is(*OPEN), _lazy("Nothing is sent. The clock stays on record.")),
        Verb("sent", _lazy("Sent"), _lazy("Keep that it was sent"), Action.MANAGE_CASES, SentForm, sent,
             lambda row: row.case_id is None and _is(*OPEN)(row)),
        Verb("answer", _lazy("What came back"), _lazy("Keep"), Action.MANAGE_CASES, AnswerForm, answered, _is(*MET)),
        Verb("explain", _lazy("Explain"), _lazy("Keep the reason"), Action.MANAGE_CASES, ExplainForm, explain,
             _is("met_late", "handed_late")),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Obligation]:
        rows = Obligation.objects.filter(self.scope_of(request)).with_relations()
        return rows.order_by(*self.ordering)

    def scope_of(self, request: HttpRequest) -> Any:
        """By the site of the case's participant; an obligation of the whole trial for roles without a site."""
        scope = Q(pk__in=[])
        for code in sorted(trial_codes_for(person_of(request), self.view_action)):
            sites = site_codes_for(person_of(request), self.view_action, trial_code=code)
            own = Q(trial__code=code)
            scope |= own if sites is None else own & Q(case__participant__site__code__in=sorted(sites))
        return scope

    def place_of(self, obj: Obligation) -> tuple[str, str]:
        return obj.trial.code, obj.case.participant.site.code if obj.case else ""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        return [(None, {"fields": []})]

    def name_of(self, obj: Obligation) -> str:
        return f"{obj.get_destination_display()} · {_(obj.rule.label)}"

    @admin.display(description=_lazy("State"))
    def state_shown(self, obj: Obligation) -> str:
        state = obj.state_at(timezone.now())
        return format_html('<span class="state state-{}">{}</span>', STATE_SHAPES[state], state.label)

    @admin.display(description=_lazy("Rule"))
    def rule_shown(self, obj: Obligation) -> str:
        return _(obj.rule.label)

    @admin.display(description=_lazy("Due"))
    def due_shown(self, obj: Obligation) -> str:
        return moment(obj.due_at)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row: Obligation = context["original"]
        context.update(title=self.opts.verbose_name, obligation=obligation_shown(row, timezone.now()))
        return super().render_change_form(request, context, *args, **kwargs)
