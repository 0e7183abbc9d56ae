"""The account of a request, and the attribution of a save on a page."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User


def person_of(request: HttpRequest) -> User:
    """The signed-in account. The site requires signing in before any page."""
    return cast(User, request.user)


def attribution(request: HttpRequest, *, reason: str) -> dict[str, Any]:
    """`by`, `at` and `reason` for a service. A page is a door, so the clock is read here."""
    return {"by": person_of(request), "at": timezone.now(), "reason": reason}
