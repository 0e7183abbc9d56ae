"""The rows that an account sees and what it may do with them, by the permission table."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.choices import Action
from accounts.queries import may_anywhere, site_codes_for, trial_codes_for, user_may
from webkit.admin.requests import person_of


class RoleScoped(admin.ModelAdmin[Any]):
    """Rights by the one permission table.

    A subclass says which action opens the list (`view_action`), makes a record (`add_action`) and changes one
    (`change_action`; none: read only), and how a row leads to its trial and site.
    """

    view_action: ClassVar[Action]
    add_action: ClassVar[Action | None] = None
    change_action: ClassVar[Action | None] = None
    trial_path: ClassVar[str] = "trial"
    site_path: ClassVar[str | None] = "site"

    # Rows -----------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(self.scope_of(request))

    def scope_of(self, request: HttpRequest) -> Q:
        """The rows of the trials, and of the sites, that the account's roles reach."""
        scope = Q(pk__in=[])
        for code in sorted(trial_codes_for(person_of(request), self.view_action)):
            sites = site_codes_for(person_of(request), self.view_action, trial_code=code)
            in_trial = Q(**{f"{self.trial_path}__code": code})
            if sites is not None and self.site_path:
                in_trial &= Q(**{f"{self.site_path}__code__in": sorted(sites)})
            scope |= in_trial
        return scope

    def place_of(self, obj: Any) -> tuple[str, str]:
        """Trial code and site code of a row."""
        trial = _follow(obj, self.trial_path)
        site = _follow(obj, self.site_path) if self.site_path else None
        return getattr(trial, "code", ""), getattr(site, "code", "")

    # Rights ---------------------------------------------------------------

    def may(self, request: HttpRequest, action: Action | None, obj: Any = None) -> bool:
        """Whether the account may do this to the row; without a row: anywhere. Without an action: never."""
        if action is None or not request.user.is_authenticated:
            return False
        if obj is None:
            return may_anywhere(person_of(request), action)
        trial_code, site_code = self.place_of(obj)
        return user_may(person_of(request), action, trial_code=trial_code, site_code=site_code)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.view_action, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.add_action)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.change_action, obj) and getattr(obj, "voided_at", None) is None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.view_action)

    # The trail is the database's

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Nothing: the database has recorded it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Nothing: the database has recorded it."""


def _follow(obj: Any, path: str) -> Any:
    for step in path.split("__"):
        obj = getattr(obj, step, None)
    return obj
