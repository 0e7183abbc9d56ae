"""The log of lists that were exported as files, for readers of the audit trail."""

import json
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from data_management.models import ListExport
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import moment

SHOWN = ("list_shown", "who", "when", "format", "rows", "filters_shown", "columns_shown")


@admin.register(ListExport)
class ListExportAdmin(RoleScopedAdmin):
    view_action = Action.VIEW_AUDIT
    site_path = None
    list_display = ("when", "who", "list_shown", "format", "rows", "filters_shown")
    list_filter = ("format",)
    list_select_related = ("exported_by",)
    search_fields = ("exported_by__username", "list_table")
    search_help_text = _lazy("Account or list")
    ordering = ("-id",)
    sortable_by = ()
    fields = SHOWN

    def get_readonly_fields(self, request: HttpRequest, obj: ListExport | None = None) -> Any:  # noqa: ARG002
        return SHOWN

    @admin.display(description=_lazy("When"))
    def when(self, obj: ListExport) -> str:
        return moment(obj.exported_at)

    @admin.display(description=_lazy("Who"))
    def who(self, obj: ListExport) -> str:
        return obj.exported_by.get_username()

    @admin.display(description=_lazy("List"))
    def list_shown(self, obj: ListExport) -> str:
        names = {m._meta.db_table: str(m._meta.verbose_name_plural) for m in apps.get_models()}
        return capfirst(names.get(obj.list_table, obj.list_table))

    @admin.display(description=_lazy("Filters"))
    def filters_shown(self, obj: ListExport) -> str:
        return json.dumps(obj.filters, ensure_ascii=False) if obj.filters else "–"

    @admin.display(description=_lazy("Columns"))
    def columns_shown(self, obj: ListExport) -> str:
        return ", ".join(obj.columns)
