"""The devices on which a person signed in before: a signed cookie with the device's name and its people.

The cookie does not authenticate. It decides how wrong passwords are counted: attempts on unknown devices do not slow a
known one.
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
"""A shared station has many people.

The cookie stays under 1 kB. The person who signed in longest ago is dropped.
"""


def device_of(request: HttpRequest, user: User | None) -> str:
    """The name of the device when this person signed in on it before; empty when not."""
    known = _read(request)
    return str(known["device"]) if user is not None and user.pk in known["people"] else ""


def remember_device(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Record that this person signed in on this device."""
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
    """The content of the cookie.

    Without a cookie, or with one that we did not sign: a new device without people.
    """
    try:
        read: dict[str, Any] = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=KEPT_SECONDS
        )
    except signing.BadSignature:
        return {"device": secrets.token_hex(16), "people": []}
    return read
