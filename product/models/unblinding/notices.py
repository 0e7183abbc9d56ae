"""The outbox of unblindings: recipients, and whether a notice was sent and read. Never an arm."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import OutboxModel, OutboxQuerySet
from product.choices import UnblindingNews
from product.models.unblinding.emergencies import Unblinding
from product.models.unblinding.inadvertent import InadvertentUnblinding


class UnblindingNotice(OutboxModel):
    """One notice of one kind to one person about one record."""

    unblinding = models.ForeignKey(
        Unblinding, on_delete=models.PROTECT, null=True, blank=True, related_name="notices"
    )
    inadvertent = models.ForeignKey(
        InadvertentUnblinding, on_delete=models.PROTECT, null=True, blank=True, related_name="notices"
    )
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="unblinding_notices")
    news = models.CharField(max_length=25, choices=UnblindingNews)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unblinding", "inadvertent", "recipient", "news"],
                nulls_distinct=False,
                name="product_unblindingnotice_once",
            ),
            models.CheckConstraint(
                condition=Q(unblinding__isnull=False, inadvertent=None)
                | Q(unblinding=None, inadvertent__isnull=False),
                name="product_unblindingnotice_about_one",
                violation_error_message=_("A notice is about one record."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unblinding_id or self.inadvertent_id} · {self.recipient_id}"
