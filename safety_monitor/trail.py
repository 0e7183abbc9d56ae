"""The audit trail as a list: every change of every open table, with who, when and why. Sealed entries stay sealed."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.admin import RoleScopedAdmin
from accounts.admin.display import moment
from accounts.admin.requests import person_of
from accounts.choices import Action
from accounts.models import SealedModel
from accounts.queries import trial_codes_for
from audit.models import Entry
from safety_monitor.history import step_of
from safety_monitor.references import number_of, reference_of
from trials.models import Trial


class TableFilter(admin.SimpleListFilter):
    """The kind of record, by its name and not by its table."""

    title = _lazy("Record")
    parameter_name = "table"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return sorted(((table, name) for table, name in names_of_tables().items()), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:  # noqa: ARG002
        return queryset.filter(table_name=self.value()) if self.value() else queryset


class EntryList(ChangeList):
    """Leads to entries by reference, never by number."""

    def url_for_result(self, result: Model) -> str:
        return reverse("admin:audit_entry_change", args=[reference_of(result.pk)])


@admin.register(Entry)
class EntryAdmin(RoleScopedAdmin):
    """Open entries only. Sealed ones draw from the same numbers, so a number would tell how many lie between."""

    view_action = Action.VIEW_AUDIT
    change_form_template = "admin/audit/entry/change_form.html"
    list_display = ("when", "actor_label", "change", "record", "why")
    list_filter = (TableFilter, "change")
    search_fields = ("actor_label", "reason")
    search_help_text = _lazy("Who or why")
    ordering = ("-id",)
    sortable_by = ()
    fields = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:  # noqa: ARG002
        return EntryList

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Entry | None:
        number = number_of(object_id)
        return None if number is None else super().get_object(request, str(number), from_field)

    def history_view(self, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """An entry is never changed."""
        raise Http404

    def url_of(self, obj: Entry) -> str:
        return reverse("admin:audit_entry_change", args=[reference_of(obj.pk)])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return Entry.objects.filter(self.scope_of(request), sealed=False)

    def scope_of(self, request: HttpRequest) -> Q:
        codes = sorted(trial_codes_for(person_of(request), self.view_action))
        return Q(trial_id__in=Trial.objects.filter(code__in=codes).values("pk"))

    def place_of(self, obj: Entry) -> tuple[str, str]:
        return Trial.objects.filter(pk=obj.trial_id or 0).values_list("code", flat=True).first() or "", ""

    def name_of(self, obj: Entry) -> str:
        return f"{self.record(obj)} · {moment(obj.at)}"

    @admin.display(description=_lazy("When"))
    def when(self, obj: Entry) -> str:
        return moment(obj.at)

    @admin.display(description=_lazy("Record"))
    def record(self, obj: Entry) -> str:
        return f"{names_of_tables().get(obj.table_name, obj.table_name)} {obj.row_id}"

    @admin.display(description=_lazy("Why"))
    def why(self, obj: Entry) -> str:
        return obj.reason

    def get_fieldsets(self, request: HttpRequest, obj: Entry | None = None) -> Any:  # noqa: ARG002
        return [(None, {"fields": []})]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        entry: Entry = context["original"]
        model = next((m for m in apps.get_models() if m._meta.db_table == entry.table_name), None)
        context.update(title=_("Audit entry"), step=step_of(entry, model) if model else None, entry=entry)
        return super().render_change_form(request, context, *args, **kwargs)


def names_of_tables() -> dict[str, str]:
    """What an open table's records are called. Sealed ones are not on this page, by name either."""
    models: Iterable[Any] = (
        model
        for model in apps.get_models()
        if hasattr(model, "recorded_at") and not issubclass(model, SealedModel)
    )
    return {model._meta.db_table: str(model._meta.verbose_name) for model in models}
