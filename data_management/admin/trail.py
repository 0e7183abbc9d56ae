"""The audit trail as a list: every change of every open table, with who, when and why.

Sealed entries stay sealed.
"""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.models import User
from accounts.queries import trial_codes_for, user_may
from audit.choices import reason_in_words, standing_reasons_with
from audit.models import Entry, FollowedModel
from audit.services import current_request_id
from data_management.admin.history import labels_of, step_of
from data_management.admin.record_names import kind_in_words
from data_management.queries.trail_export import CONTENT_TYPES, open_trail, whole_trail
from data_management.queries.trail_search import about
from trials.models import Trial
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import moment
from webkit.admin.requests import person_of

EVERYTHING_SEALED = (
    Action.VIEW_ALLOCATION,
    Action.VIEW_PRODUCT,
    Action.VIEW_ANTIBODIES,
    Action.VIEW_CLOSED_REPORT,
)


class TableFilter(admin.SimpleListFilter):
    """The kind of record, by its name instead of its table."""

    title = _lazy("Kind of record")
    parameter_name = "table"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return sorted(((table, name) for table, name in names_of_tables().items()), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:  # noqa: ARG002
        return queryset.filter(table_name=self.value()) if self.value() else queryset


@admin.register(Entry)
class EntryAdmin(RoleScopedAdmin):
    """Open entries only. Sealed ones have numbers of their own, so that a gap here reveals none."""

    view_action = Action.VIEW_AUDIT
    change_form_template = "admin/audit/entry/change_form.html"
    list_display = ("when", "actor_label", "change", "record", "why")
    list_filter = (TableFilter, "change")
    search_fields = ("actor_label", "reason")
    search_help_text = _lazy("Who, why, participant or event term")
    ordering = ("-id",)
    sortable_by = ()
    fields = ()

    def get_urls(self) -> list[URLPattern]:
        export = path(
            "export/<str:trial_code>.<str:trail_format>",
            self.admin_site.admin_view(self.export),
            name="audit_entry_export",
        )
        return [export, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        exports = [(code, may_open_seal(person_of(request), code)) for code in self._trial_codes(request)]
        return super().changelist_view(request, {"exports": exports, **(extra_context or {})})

    def export(self, request: HttpRequest, trial_code: str, trail_format: str) -> HttpResponseBase:
        """The whole trail of a trial, streamed. With `?sealed=1` for a role that may open sealed records."""
        if trail_format not in CONTENT_TYPES or trial_code not in self._trial_codes(request):
            raise Http404
        trial, with_sealed = Trial.objects.get(code=trial_code), request.GET.get("sealed") == "1"
        if with_sealed and not may_open_seal(person_of(request), trial_code):
            raise PermissionDenied(_("Your account may not open sealed records."))
        chunks = (
            whole_trail(
                trial=trial,
                form=trail_format,
                by=person_of(request),
                at=timezone.now(),
                request_id=current_request_id.get(),
            )
            if with_sealed
            else open_trail(trial=trial, form=trail_format)
        )
        name = f"{trial_code}-audit-trail{'-with-sealed' if with_sealed else ''}.{trail_format}"
        response = StreamingHttpResponse(chunks, content_type=CONTENT_TYPES[trail_format])
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _trial_codes(self, request: HttpRequest) -> list[str]:
        return sorted(trial_codes_for(person_of(request), self.view_action))

    def history_view(self, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """An entry is never changed."""
        raise Http404

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return Entry.objects.filter(self.scope_of(request), sealed=False)

    def scope_of(self, request: HttpRequest) -> Q:
        return Q(trial_id__in=Trial.objects.filter(code__in=self._trial_codes(request)).values("pk"))

    def place_of(self, obj: Entry) -> tuple[str, str]:
        return Trial.objects.filter(pk=obj.trial_id or 0).values_list("code", flat=True).first() or "", ""

    def name_of(self, obj: Entry) -> str:
        return f"{self.record(obj)} · {moment(obj.at)}"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        """By the trail's own columns, by the displayed words of a code's reason, by participant and event's term."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        words = search_term.strip()
        if not words:
            return found, may_repeat
        trials = Trial.objects.filter(code__in=self._trial_codes(request)).values_list("pk", flat=True)
        wanted = Q(reason__in=standing_reasons_with(words)) | about(words, trial_ids=list(trials))
        return found | queryset.filter(wanted), may_repeat

    @admin.display(description=_lazy("When"))
    def when(self, obj: Entry) -> str:
        return moment(obj.at)

    @admin.display(description=_lazy("Changed record"))
    def record(self, obj: Entry) -> str:
        return f"{names_of_tables().get(obj.table_name, obj.table_name)} {obj.row_id}"

    @admin.display(description=_lazy("Why"))
    def why(self, obj: Entry) -> str:
        return reason_in_words(obj.reason)

    def get_fieldsets(self, request: HttpRequest, obj: Entry | None = None) -> Any:  # noqa: ARG002
        return [(None, {"fields": []})]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        entry: Entry = context["original"]
        model = next((m for m in apps.get_models() if m._meta.db_table == entry.table_name), None)
        context.update(
            title=_("Audit entry"),
            step=step_of(entry, model, labels_of(entry.trial_id)) if model else None,
            entry=entry,
        )
        return super().render_change_form(request, context, *args, **kwargs)


def may_open_seal(person: User, trial_code: str) -> bool:
    """Whether the account may see everything that is sealed in the trial, not only one kind."""
    return all(user_may(person, action, trial_code=trial_code) for action in EVERYTHING_SEALED)


def names_of_tables() -> dict[str, str]:
    """The names of an open table's records. Sealed ones are not on this page, not even by name."""
    models = (
        model for model in apps.get_models() if issubclass(model, FollowedModel) and not model.trail_sealed
    )
    return {model._meta.db_table: kind_in_words(model) for model in models}
