"""The list of safety cases, and the page of one."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from pharmacovigilance.admin.case_page import case_context
from pharmacovigilance.admin.case_verbs import VERBS
from pharmacovigilance.models import SafetyCase
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import moment


@admin.register(SafetyCase)
class SafetyCaseAdmin(RoleScopedAdmin):
    """Read only: everything happens by verbs. The page asks nothing sealed."""

    view_action = Action.VIEW_CASES
    site_path = "participant__site"
    verbs = VERBS
    change_form_template = "admin/pharmacovigilance/safetycase/change_form.html"
    list_display = ("worldwide_number", "participant", "state", "versions_signed", "changed")
    list_filter = ("state",)
    list_select_related = ("participant", "trial")
    search_fields = ("worldwide_number", "participant__code")
    search_help_text = _lazy("Number or participant")
    ordering = ("-id",)
    sortable_by = ()
    fields = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[SafetyCase]:
        rows = super().get_queryset(request)
        return rows.select_related("trial", "participant__site", "participant__trial", "opening")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        return [(None, {"fields": []})]

    @admin.display(description=_lazy("Last signed version"))
    def versions_signed(self, obj: SafetyCase) -> str:
        return str(obj.last_version or "–")

    @admin.display(description=_lazy("Changed"))
    def changed(self, obj: SafetyCase) -> str:
        return moment(obj.changed_at)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        case: SafetyCase = context["original"]
        context.update(title=self.opts.verbose_name, **case_context(case, timezone.now()))
        return super().render_change_form(request, context, *args, **kwargs)
