"""Bearer tokens of the API."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import ApiToken, Membership, User
from accounts.services.people import require
from audit.services import attributed

TOKEN_LIFETIME = timedelta(days=90)
"""The longest lifetime of a token (our own rule; 21 CFR 11.300(b) requires periodic renewal)."""


def issue_token(
    *,
    membership: Membership,
    label: str,
    by: User,
    at: datetime,
    reason: str,
    lifetime: timedelta = TOKEN_LIFETIME,
) -> tuple[ApiToken, str]:
    """A new bearer token for one membership. The second value is the token: it cannot be displayed again.

    Raises `ValidationError` for a membership that has ended.
    """
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
        if Membership.objects.select_for_update().get(pk=membership.pk).ended_at is not None:
            raise ValidationError(_("Membership: it has ended, so it carries no token."))
        token.full_clean()
        token.save()
    return token, secret


def revoke_token(*, token: ApiToken, by: User, at: datetime, reason: str) -> ApiToken:
    """Revoke a token before its end. Raises `ValidationError` when it was revoked before."""
    require(by=by, action=Action.MANAGE_USERS, trial_code=token.membership.trial_code)
    with attributed(by=by, at=at, reason=reason):
        row = ApiToken.objects.select_for_update(of=("self",)).select_related("membership").get(pk=token.pk)
        if row.revoked_at is not None:
            raise ValidationError(_("Token: it was revoked before; nothing was changed."))
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
    return row


def token_digest(secret: str) -> str:
    """The stored digest of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()
