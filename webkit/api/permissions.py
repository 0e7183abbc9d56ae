"""The permission table for the API."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.choices import Action
from accounts.models import User
from accounts.queries import may_anywhere

if TYPE_CHECKING:
    from rest_framework.views import APIView


class PermissionTablePermission(BasePermission):
    """Checks the permission table for the action of the view; a view without an action is refused to all."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if request.method not in view.allowed_methods:
            # Checked before the role: no role may use a method that the view does not have.
            raise MethodNotAllowed(request.method or "")
        action = required_action(view)
        user = request.user
        return bool(isinstance(user, User) and action and may_anywhere(user, action))


def required_action(view: "APIView") -> Action | None:
    """The action that this request needs, from the view's `action_table` (view action or lower-case method → action)."""
    table: Mapping[str, Action] = getattr(view, "action_table", {})
    name = getattr(view, "action", None) or (view.request.method or "").lower()
    return table.get(name, table.get("read") if view.request.method in ("GET", "HEAD", "OPTIONS") else None)
