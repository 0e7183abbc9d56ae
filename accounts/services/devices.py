"""The devices on which somebody signed in before: a signed cookie that names the device and its people.

It lets nobody in. It decides which wrong passwords count: a stranger's tries elsewhere do not slow a known device.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User

COOKIE = "device"
KEPT_SECONDS = 180 * 24 * 60 * 60
PEOPLE_AT_MOST = 60
"""A shared station has many; the cookie stays under 1 kB. Whoever signed in longest ago is dropped."""


def device_of(request: HttpRequest, user: User | None) -> str:
    """The name of the device when this person signed in on it before; empty when not."""
    known = _read(request)
    return str(known["device"]) if user is not None and user.pk in known["people"] else ""


def remember_device(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Note on the device that this person signed in here."""
    known = _read(request)
    people = [person for person in known["people"] if person != user.pk][1 - PEOPLE_AT_MOST :]
    response.set_cookie(
        COOKIE,
        signing.dumps({"device": known["device"], "people": [*people, user.pk]}, salt=COOKIE),
        max_age=KEPT_SECONDS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    """What the cookie says; of none, or of one that we did not sign, a new device without people."""
    try:
        read: dict[str, Any] = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=KEPT_SECONDS
        )
    except signing.BadSignature:
        return {"device": secrets.token_hex(16), "people": []}
    return read
