"""Writes about accounts, the question every service asks, a password asked for again, and the opening of sealed rows."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import Action, ClearanceGround
from accounts.models import SYSTEM_USERNAME, ApiToken, Clearance, Membership, User, open_clearance
from accounts.queries import user_may
from audit.services import attributed

WRONG_PASSWORD = _lazy("Password: this is not your password; nothing was signed.")
TOKEN_LIFETIME = timedelta(days=90)
"""How long a token lives unless it is asked to live shorter (our own rule; 21 CFR 11.300(b) asks for periodic renewal)."""


def require(*, by: User, action: Action, trial_code: str, site_code: str = "") -> None:
    """Raise `PermissionDenied` unless the account may do this there. The system's own account may: it runs commands."""
    if by.is_system or user_may(by, action, trial_code=trial_code, site_code=site_code):
        return
    raise PermissionDenied(_("Your account may not do this here: %(action)s.") % {"action": action.label})


def system_user() -> User:
    """The account in whose name commands and tasks write. Nobody can sign in with it."""
    unusable = make_password(None)
    user, _created = User.objects.get_or_create(
        username=SYSTEM_USERNAME, defaults={"is_active": False, "password": unusable}
    )
    return user


def save_account(*, user: User, by: User, at: datetime, reason: str) -> User:
    """Make or change an account: its names, its password, whether it may sign in. The trail keeps no password."""
    require(by=by, action=Action.MANAGE_USERS, trial_code="")
    with attributed(by=by, at=at, reason=reason):
        user.save()
    return user


def grant_membership(
    *, user: User, role: str, trial_code: str, site_code: str = "", by: User, at: datetime, reason: str
) -> Membership:
    """Give an account a role in a trial. Raises `ValidationError` when blinded and unblinded roles would meet."""
    require(by=by, action=Action.MANAGE_USERS, trial_code=trial_code)
    membership = Membership(user=user, role=role, trial_code=trial_code, site_code=site_code, granted_at=at)
    with attributed(by=by, at=at, reason=reason):
        membership.full_clean()
        membership.save()
    return membership


def end_membership(*, membership: Membership, by: User, at: datetime, reason: str) -> Membership:
    """Take a role away; the row stays, with its end."""
    require(by=by, action=Action.MANAGE_USERS, trial_code=membership.trial_code)
    membership.ended_at = at
    with attributed(by=by, at=at, reason=reason):
        membership.save(update_fields=["ended_at"])
    return membership


def issue_token(
    *,
    membership: Membership,
    label: str,
    by: User,
    at: datetime,
    reason: str,
    lifetime: timedelta = TOKEN_LIFETIME,
) -> tuple[ApiToken, str]:
    """A new bearer token for one membership. The second value is the token: it cannot be had again."""
    require(by=by, action=Action.MANAGE_USERS, trial_code=membership.trial_code)
    secret = secrets.token_urlsafe(32)
    token = ApiToken(
        membership=membership,
        label=label,
        digest=token_digest(secret),
        created_at=at,
        expires_at=at + lifetime,
    )
    with attributed(by=by, at=at, reason=reason):
        token.full_clean()
        token.save()
    return token, secret


def token_digest(secret: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def person_with(request: HttpRequest, *, username: str, password: str) -> User | None:
    """The active account of that user name and password (21 CFR 11.200 asks again at an act), else None; why is not said.

    A locked account is refused like a wrong password, on the form, so that what was typed is not lost.
    """
    found = authenticate(request, username=username, password=password)
    request.axes_locked_out = False  # type: ignore[attr-defined]
    return found if isinstance(found, User) and not found.is_system else None


def is_own_password(request: HttpRequest, password: str) -> bool:
    """Whether the password is the signed-in person's own; a wrong one counts like one at signing in."""
    me = request.user
    assert isinstance(me, User)
    return person_with(request, username=me.get_username(), password=password) == me


@contextmanager
def cleared(
    *,
    ground: ClearanceGround,
    by: User,
    trial_id: int,
    purpose: str,
    at: datetime,
    participant_id: int | None = None,
    request_id: str = "",
) -> Iterator[Clearance]:
    """Open the sealed rows of one trial (or of one participant) until the block ends; the opening is logged.

    The caller has asked `require` (or is the reporting task). The clearance lives in the running transaction only: the
    database compares the transaction's id, so a pooled connection cannot carry it over.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        clearance = _write_clearance(ground, by, trial_id, participant_id, purpose, request_id, at)
        outer = open_clearance.set(clearance)
        try:
            yield clearance
        finally:
            open_clearance.reset(outer)
        # After an error the rollback to the savepoint hands the seal back by itself, as the transaction's end does.
        if not is_outermost:
            _hand_back(open_clearance.get())


def _write_clearance(
    ground: str,
    by: User,
    trial_id: int,
    participant_id: int | None,
    purpose: str,
    request_id: str,
    at: datetime,
) -> Clearance:
    columns = [field.attname for field in Clearance._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(columns)} FROM accounts_open_clearance(%s, %s, %s, %s, %s, %s, %s)",  # noqa: S608
            [ground, by.pk, trial_id, participant_id, purpose, request_id, at],
        )
        return Clearance.from_db(connection.alias, columns, cursor.fetchone())


def _hand_back(clearance: Clearance | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('safety.clearance', %s, true)", [str(clearance.pk) if clearance else ""]
        )
