"""Notices of serious events: recipients, and when each opened and acknowledged it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import CharField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from accounts.models import Mail
from audit.models import AuditedModel
from events.choices import NoticeNews
from events.models.adverse_events import AdverseEvent
from trials.models import Trial

if TYPE_CHECKING:
    from accounts.models import User


MAIL_KIND = "serious-event"
MAIL_REMINDER = "serious-event-reminder"
MAIL_ABOUT = "serious notice "
"""The subject prefix of a notice's e-mail in the outbox, before the notice's id."""


class SeriousNoticeQuerySet(models.QuerySet["SeriousNotice"]):
    """Filters of notices of serious events."""

    def unacknowledged(self) -> "SeriousNoticeQuerySet":
        return self.filter(acknowledged_at=None)

    def with_mail(self) -> "SeriousNoticeQuerySet":
        """With `mail_sent_at`, when the e-mail was sent; None before."""
        about = Concat(Value(MAIL_ABOUT), Cast(OuterRef("pk"), CharField()))
        mails = Mail.objects.filter(kind=MAIL_KIND, about=about).values("sent_at")
        return self.annotate(mail_sent_at=Subquery(mails[:1]))

    def of_reader(self, user: "User") -> "SeriousNoticeQuerySet":
        """Notices to this person."""
        return self.filter(recipient=user.pk)


class SeriousNotice(AuditedModel):
    """One notice of one serious event to one person or one address. It says that there is news, never which.

    The e-mail itself is a row of the outbox (`accounts.Mail`), which has the time of sending.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    event = models.ForeignKey(
        AdverseEvent, on_delete=models.PROTECT, related_name="notices", verbose_name=_("adverse event")
    )
    news = models.CharField(_("news"), max_length=20, choices=NoticeNews)
    event_version = models.PositiveIntegerField(_("version of the event"))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="serious_notices",
        verbose_name=_("recipient"),
    )
    address = models.EmailField(_("address"), blank=True)
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("acknowledged by"),
    )

    objects = SeriousNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice of a serious event")
        verbose_name_plural = _("notices of serious events")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "news", "event_version", "recipient", "address"],
                nulls_distinct=False,
                name="events_seriousnotice_once",
                violation_error_message=_("Notice: sent already."),
            ),
            models.CheckConstraint(
                condition=Q(recipient=None) ^ Q(address=""),
                name="events_seriousnotice_to_one",
                violation_error_message=_("A notice goes to one person or to one address."),
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="events_seriousnotice_acknowledged_whole",
                violation_error_message=_("Acknowledgement: who and when go together."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} · {self.event_version} · {self.recipient_id or self.address}"
