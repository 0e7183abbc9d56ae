"""Who asks, and what the trail keeps of a save made through a page."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User


def person_of(request: HttpRequest) -> User:
    """The signed-in account. Pages are only reached by one: the site asks for it first."""
    return cast(User, request.user)


def attribution(request: HttpRequest, *, reason: str) -> dict[str, Any]:
    """`by`, `at` and `reason` for a service: a page is a door, so it is here that the clock is read."""
    return {"by": person_of(request), "at": timezone.now(), "reason": reason}
