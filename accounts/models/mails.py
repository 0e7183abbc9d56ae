"""E-mails to people, kept until they are sent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from audit.models import OutboxModel


class MailQuerySet(models.QuerySet["Mail"]):
    """Filters of mails."""

    def unsent(self) -> "MailQuerySet":
        """Mails still to be sent. An account without an address, or one that is closed, gets none."""
        reachable = ~Q(address="") | (~Q(recipient__email="") & Q(recipient__is_active=True))
        return self.filter(reachable, sent_at=None)


class Mail(OutboxModel):
    """One e-mail of one kind about one thing to one person or to one address.

    Notices of unblindings and messages of the board have outboxes of their own.

    The text is made at sending by the kind's renderer (`accounts.services.register_mail`), in the reader's language.
    The row therefore has no secret and nothing clinical; `words` has the values that the renderer cannot look up.
    """

    kind = models.CharField(max_length=40)
    about = models.CharField(
        max_length=80, help_text="What the mail is about, for example “report 17”. Sent once."
    )
    recipient = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mails",
        verbose_name=_("recipient"),
    )
    address = models.EmailField(blank=True)
    words = models.JSONField(default=dict, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about", "recipient", "address"],
                nulls_distinct=False,
                name="accounts_mail_once",
            ),
            models.CheckConstraint(
                condition=Q(recipient=None) ^ Q(address=""),
                name="accounts_mail_to_one",
                violation_error_message=_("A mail goes to one person or to one address."),
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(sent_at=None), name="accounts_mail_unsent")]

    def __str__(self) -> str:
        return f"{self.kind} · {self.about} · {self.recipient_id or self.address}"
