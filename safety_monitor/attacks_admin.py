"""The wrong passwords of the last 90 days, for the administrators: name, purpose, address."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action, PasswordUse
from accounts.models import WrongPassword
from webkit.admin.base import RoleScopedAdmin
from webkit.admin.display import moment


@admin.register(WrongPassword)
class WrongPasswordAdmin(RoleScopedAdmin):
    """The typed text is not stored, nor a name without an account."""

    view_action = Action.MANAGE_USERS
    change_action: ClassVar[Action | None] = None
    list_display = ("when", "whose", "use", "where", "device")
    list_display_links = None
    list_filter = ("use",)
    search_fields = ("user__username", "address")
    search_help_text = _lazy("User name or address")
    list_select_related = ("user",)
    ordering = ("-at", "-id")
    sortable_by = ()
    fields = ("user", "use", "address", "at")

    def may(self, request: HttpRequest, action: Action | None, obj: Any = None) -> bool:  # noqa: ARG002
        return super().may(request, action)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WrongPassword]:  # noqa: ARG002
        return WrongPassword.objects.order_by("-at")

    def name_of(self, obj: WrongPassword) -> str:
        return moment(obj.at)

    @admin.display(description=_lazy("When"))
    def when(self, obj: WrongPassword) -> str:
        return moment(obj.at)

    @admin.display(description=_lazy("Account"))
    def whose(self, obj: WrongPassword) -> str:
        return obj.user.username if obj.user else _("no such account")

    @admin.display(description=_lazy("Address"))
    def where(self, obj: WrongPassword) -> str:
        return obj.address or "–"

    @admin.display(description=_lazy("Device"))
    def device(self, obj: WrongPassword) -> str:
        if obj.use != PasswordUse.SIGN_IN:
            return _("signed in")
        return _("known") if obj.source else _("not known")
