"""Bearer tokens."""

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.queries import narrow_to
from accounts.rules import Grant
from accounts.services import token_digest


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`.

    The request has only the role of the token, whatever other roles its owner has.
    """

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != self.keyword.lower() or not secret:
            return None
        token = self._token(secret.strip())
        membership = token.membership
        narrow_to(membership.user, [Grant(membership.role, membership.trial_code, membership.site_code)])
        return membership.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        return self.keyword

    def _token(self, secret: str) -> ApiToken:
        standing = ApiToken.objects.filter(
            revoked_at=None,
            expires_at__gt=timezone.now(),
            membership__ended_at=None,
            membership__user__is_active=True,
        )
        token = standing.select_related("membership__user").filter(digest=token_digest(secret)).first()
        if token is None:
            raise exceptions.AuthenticationFailed(
                _("Token: unknown, expired or revoked; ask an administrator for a new one.")
            )
        return token
