"""The list of safety cases, and the page of one."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.queries import trial_codes_for
from events.models import AdverseEvent
from pharmacovigilance.admin.case_files import case_file_urls
from pharmacovigilance.admin.case_forms import OpenCaseForm
from pharmacovigilance.admin.case_page import case_context
from pharmacovigilance.admin.case_verbs import VERBS
from pharmacovigilance.models import CaseEvent, SafetyCase
from pharmacovigilance.services.opening import open_case_of
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import moment
from webkit.admin.requests import attribution, person_of


@admin.register(SafetyCase)
class SafetyCaseAdmin(RoleScopedAdmin):
    """Read only: all changes are verbs. The page reads nothing sealed."""

    view_action = Action.VIEW_CASES
    add_action = Action.MANAGE_CASES
    add_label = _lazy("Open a case")
    form = OpenCaseForm
    site_path = "participant__site"
    verbs = VERBS
    change_form_template = "admin/pharmacovigilance/safetycase/change_form.html"
    change_list_template = "admin/pharmacovigilance/safetycase/change_list.html"
    list_display = ("worldwide_number", "participant", "state", "versions_signed", "changed")
    list_filter = ("state",)
    list_select_related = ("participant", "trial")
    search_fields = ("worldwide_number", "participant__code")
    search_help_text = _lazy("Number or participant")
    ordering = ("-id",)
    sortable_by = ()
    fields = ()

    def get_urls(self) -> list[URLPattern]:
        return [*case_file_urls(self), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SafetyCase]:
        rows = super().get_queryset(request)
        return rows.select_related("trial", "participant__site", "participant__trial", "opening")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        return [(None, {"fields": ["event", "reason"] if obj is None else []})]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The possible events are those of the officer's trials without a case."""
        form = super().get_form(request, obj, change, **kwargs)
        codes = trial_codes_for(person_of(request), Action.MANAGE_CASES)
        free = AdverseEvent.objects.recorded().filter(trial__code__in=codes)
        linked = CaseEvent.objects.standing().values("event")
        if "event" in form.base_fields:
            rows = free.exclude(pk__in=linked).select_related("ctcae_term")
            form.base_fields["event"].queryset = rows.order_by("-pk")
        return form

    def save_model(self, request: HttpRequest, obj: SafetyCase, form: Any, change: bool) -> None:  # noqa: ARG002
        said = attribution(request, reason=form.cleaned_data["reason"])
        case = open_case_of(event=form.cleaned_data["event"], **said)
        obj.__dict__.update(case.__dict__)

    @admin.display(description=_lazy("Last signed version"))
    def versions_signed(self, obj: SafetyCase) -> str:
        return str(obj.last_version or "–")

    @admin.display(description=_lazy("Changed"))
    def changed(self, obj: SafetyCase) -> str:
        return moment(obj.changed_at)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if context.get("original") is None:
            context.update(title=_("Open a case"), save_label=_("Open the case"))
            return super().render_change_form(request, context, *args, **kwargs)
        case: SafetyCase = context["original"]
        context.update(title=self.opts.verbose_name, **case_context(case, timezone.now()))
        return super().render_change_form(request, context, *args, **kwargs)
