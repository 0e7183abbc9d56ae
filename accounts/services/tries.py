"""Counting wrong passwords, so that guessing is slow and no person is locked out.

An attempt is stored as wrong before the password is checked and removed when it was right: concurrent attempts are
counted too. The times are the database's. Call it outside a transaction: a rollback would undo the count.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.choices import Action, PasswordUse
from accounts.models import User, WrongPassword
from accounts.queries import user_ids_with
from accounts.rules import (
    ADDRESS,
    EMERGENCY,
    KNOWN_DEVICE,
    NAME,
    NAME_AT_ADDRESS,
    PASSWORD_AGAIN,
    Limit,
    client_address,
)
from accounts.services.devices import device_of
from accounts.services.mails import queue_mails

KEPT_FOR = timedelta(days=90)
"""The storage time of a wrong password; long enough to investigate an attack. Own choice."""
WRONG_PASSWORDS = "wrong-passwords"


@dataclass(frozen=True)
class Checked:
    """The person with this name and password (None: none, or not checked), and the wait when not checked."""

    user: User | None
    wait: timedelta = timedelta()


@dataclass(frozen=True)
class _Counter:
    """A limit and the wrong passwords that count for it."""

    limit: Limit
    rows: Q

    def moments(self) -> list[datetime]:
        rows = _counting(self.rows).order_by("-at")
        return list(rows.values_list("at", flat=True)[: self.limit.free])


def check_password(request: HttpRequest, *, username: str, password: str, use: PasswordUse) -> Checked:
    """Check a name and password within the limits of its use.

    A wrong one is stored; the first beyond a limit is reported.
    """
    owner = User.objects.filter(username=username).first()
    row = WrongPassword(use=use, user=owner, name_key=name_key(username), address=address_of(request))
    row.source = _source(request, owner, use)
    counters = _counters(row)
    with transaction.atomic():
        _one_by_one(row.name_key)
        wait = max(counter.limit.wait(counter.moments(), at=_now()) for counter in counters)
        if wait:
            return Checked(None, wait)
        row.save()
    found = authenticate(request, username=username, password=password)
    if isinstance(found, User) and not found.is_system:
        row.delete()
        return Checked(found)
    row.refresh_from_db()
    if any(counter.limit.is_reached(counter.moments(), at=row.at) for counter in counters):
        _report(row)
    return Checked(None)


def is_slowed(user: User) -> bool:
    """Whether an unknown device has to wait before it may try this person's name, because of wrong passwords."""
    return user.pk in slowed_among([user])


def slowed_among(users: Iterable[User]) -> frozenset[int]:
    """The keys of the accounts that are slowed (`is_slowed`), by one query for all of them."""
    people, at = {name_key(user.username): user.pk for user in users}, _now()
    lately = Q(at__gt=at - NAME_AT_ADDRESS.window, use=PasswordUse.SIGN_IN, source="")
    moments: dict[str, list[datetime]] = defaultdict(list)
    for key, moment in _counting(lately & Q(name_key__in=people)).values_list("name_key", "at"):
        moments[key].append(moment)
    return frozenset(
        people[key] for key, wrong in moments.items() if NAME_AT_ADDRESS.is_reached(wrong, at=at)
    )


def _counting(rows: Q) -> QuerySet[WrongPassword]:
    """Those of the wrong passwords that count: all but what was typed before an account was unlocked."""
    standing = Q(user=None) | Q(user__unlocked_at=None) | Q(at__gt=F("user__unlocked_at"))
    return WrongPassword.objects.filter(rows).filter(standing)


def forget_wrong_passwords(*, at: datetime) -> int:
    """Delete wrong passwords older than `KEPT_FOR`; returns how many."""
    return WrongPassword.objects.filter(at__lt=at - KEPT_FOR).delete()[0]


def name_key(username: str) -> str:
    """The digest under which a typed user name is counted."""
    return salted_hmac("accounts.wrong_password", username, algorithm="sha256").hexdigest()


def address_of(request: HttpRequest) -> str:
    """The visitor's address; behind our own proxies (`TRUSTED_PROXIES`) the one that they report."""
    return client_address(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        trusted=settings.TRUSTED_PROXIES,
    )


def _source(request: HttpRequest, owner: User | None, use: PasswordUse) -> str:
    if use == PasswordUse.SIGN_IN:
        return device_of(request, owner)
    if use == PasswordUse.SECOND:
        return f"asker {request.user.pk}"
    session = getattr(request, "session", None)
    key = (session.session_key if session is not None else None) or f"token of {request.user.pk}"
    return salted_hmac("accounts.session", key, algorithm="sha256").hexdigest()


def _counters(row: WrongPassword) -> Sequence[_Counter]:
    same_use = Q(use=row.use)
    if row.use != PasswordUse.SIGN_IN:
        limit = PASSWORD_AGAIN if row.use == PasswordUse.AGAIN else EMERGENCY
        return [_Counter(limit, same_use & Q(source=row.source))]
    name = same_use & Q(name_key=row.name_key, source=row.source)
    if row.source:
        return [_Counter(KNOWN_DEVICE, name)]
    place = Q(address=row.address)
    return [
        _Counter(NAME_AT_ADDRESS, name & place),
        _Counter(NAME, name),
        _Counter(ADDRESS, same_use & place & Q(source="")),
    ]


def _one_by_one(key: str) -> None:
    """Attempts at one name are counted one after another.

    The lock ends with the transaction, before the slow check.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _now() -> datetime:
    """The database's clock, which also sets the times of the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def _report(row: WrongPassword) -> None:
    """Send one mail per hour and name to the administrators, and to the person whose name it is."""
    people = set(user_ids_with(Action.MANAGE_USERS, trial_code=""))
    if row.user is not None:
        people.add(row.user.pk)
    queue_mails(
        kind=WRONG_PASSWORDS,
        about=f"{row.name_key[:24]} {row.use} {row.at:%Y-%m-%dT%H}",
        at=row.at,
        to=people,
        words={"user": row.user_id, "use": str(row.use), "address": row.address},
    )
