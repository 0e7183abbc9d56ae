"""A session ends when unused: after 15 minutes on shared stations, after an hour on a person's own device."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.queries import grants_of
from accounts.rules import SITE_BOUND_ROLES
from trials.models import Site
from worklist.pages.navigation import IDLE_SECONDS

USED_AT = "used_at"
COOKIE = "used"
"""Signed for the one session: when it was last used. A row in the database would cost a write at each page."""
UNATTENDED = "HTTP_X_UNATTENDED"
"""The header of a page that refreshes itself: no use of the session."""
COARSENESS_SECONDS = 60


@receiver(user_logged_in, dispatch_uid="safety_monitor_session_begins")
def session_begins(request: HttpRequest, user: User, **_: Any) -> None:
    """The idle limit of a session is set when it begins, from the sites of the person."""
    request.session[USED_AT] = time.time()
    request.session[IDLE_SECONDS] = idle_seconds_of(user)


def idle_seconds_of(user: User) -> int:
    """An hour for a person who works only at sites without shared stations, else 15 minutes."""
    bound = [grant for grant in grants_of(user) if grant.role in SITE_BOUND_ROLES]
    works_at = Q(pk__in=[])
    for grant in bound:
        works_at |= Q(trial__code=grant.trial_code, **({"code": grant.site_code} if grant.site_code else {}))
    stations = (
        list(Site.objects.filter(works_at).values_list("has_shared_stations", flat=True)) if bound else []
    )
    is_personal = bool(stations) and not any(stations)
    chosen = settings.SESSION_IDLE_PERSONAL if is_personal else settings.SESSION_IDLE_SHARED
    return int(chosen.total_seconds())


class IdleMiddleware:
    """Ends a session that was unused for too long, before anything is read in its name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        now, idle = time.time(), request.session.get(IDLE_SECONDS, 0)
        unused = now - _last_use(request)
        if unused >= idle:
            logout(request)
            return self.get_response(request)
        salt = _salt(request)
        response = self.get_response(request)
        is_same = request.user.is_authenticated and _salt(request) == salt
        if is_same and UNATTENDED not in request.META and unused > min(COARSENESS_SECONDS, idle / 10):
            response.set_signed_cookie(
                COOKIE,
                repr(now),
                salt=salt,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response


def _last_use(request: HttpRequest) -> float:
    """From the session itself at its begin, later from the cookie.

    Without either the session counts as unused.
    """
    kept = request.get_signed_cookie(COOKIE, default="", salt=_salt(request)) or "0"
    return max(float(kept), float(request.session.get(USED_AT, 0)))


def _salt(request: HttpRequest) -> str:
    return f"{COOKIE} {request.session.session_key}"
