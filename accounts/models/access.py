"""What a program signs in with, and requests that are answered once."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Membership
from audit.models import FollowedModel


class ApiToken(FollowedModel):
    """A bearer token: its SHA-256, the membership it carries, and its end.

    The token itself is displayed only once.
    """

    trail_part_of = "membership"
    trail_keeps_secret = ("digest",)

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField(_("label"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="accounts_apitoken_expires",
                violation_error_message=_("Expires at: must be later than its creation."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} · {self.membership_id}"


class IdempotentRequest(models.Model):
    """The row that a create request with this key made, so that the same request sent twice creates one row.

    The response is not stored: it is made again from the row, under the rights of the account that sends the request.
    """

    actor_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    path = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    resource_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_id", "key"], name="accounts_idempotentrequest_once")
        ]

    def __str__(self) -> str:
        return f"{self.actor_id} · {self.key}"
