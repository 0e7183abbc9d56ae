"""The list of locks: whose data are closed, by whom, since when, and what was opened again."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action
from accounts.services import signatures_of
from trials.models import DataLock
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import moment


class StandingFilter(admin.SimpleListFilter):
    title = _lazy("State")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("yes", _("stands")), ("no", _("lifted"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if self.value() is None:
            return queryset
        return queryset.filter(lifted_at__isnull=self.value() == "yes")


@admin.register(DataLock)
class DataLockAdmin(RoleScopedAdmin):
    """Read only: data are closed and opened on the participant's page."""

    view_action = Action.VIEW_PARTICIPANTS
    site_path = "participant__site"
    list_display = ("participant", "kind", "closed", "who", "why", "state")
    list_filter = ("kind", StandingFilter)
    list_select_related = ("participant__site", "trial", "closed_by", "lifted_by")
    search_fields = ("participant__code",)
    search_help_text = _lazy("Participant's code")
    ordering = ("-closed_at", "-id")
    sortable_by = ()
    fields = ("participant", "kind", "closed", "who", "why", "state", "lifted_because", "signatures")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DataLock]:
        return super().get_queryset(request).select_related("participant__site", "trial")

    def get_readonly_fields(self, request: HttpRequest, obj: DataLock | None = None) -> Any:  # noqa: ARG002
        return self.fields

    def name_of(self, obj: DataLock) -> str:
        return f"{obj.participant.code} · {obj.get_kind_display()}"

    @admin.display(description=_lazy("Closed at"))
    def closed(self, obj: DataLock) -> str:
        return moment(obj.closed_at)

    @admin.display(description=_lazy("Closed by"))
    def who(self, obj: DataLock) -> str:
        return obj.closed_by.get_full_name() or obj.closed_by.get_username()

    @admin.display(description=_lazy("State"))
    def state(self, obj: DataLock) -> str:
        if obj.lifted_at is None or obj.lifted_by is None:
            return _("stands")
        name = obj.lifted_by.get_full_name() or obj.lifted_by.get_username()
        return _("lifted %(moment)s by %(name)s") % {"moment": moment(obj.lifted_at), "name": name}

    @admin.display(description=_lazy("Signatures"))
    def signatures(self, obj: DataLock) -> str:
        lines = (
            f"{one.printed_name}, {moment(one.signed_at)} ({one.zone}): {one.get_meaning_display()}"
            for one in signatures_of(obj)
        )
        return "; ".join(lines) or "–"
