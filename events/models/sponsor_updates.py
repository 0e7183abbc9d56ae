"""Reports to the sponsor on a serious event after its first notice: each worsening has its own clock."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel
from events.choices import WORSENINGS, NoticeNews
from events.models.adverse_events import AdverseEvent
from trials.models import Trial

if TYPE_CHECKING:
    from django.db.models import Manager


class SponsorUpdate(AuditedModel):
    """One worsening of a serious event: since when the site knows it, and when the sponsor was informed.

    The clock of the first notice is separate, in `aware_at` and `sponsor_informed_at` of the event, and never changes.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    event = models.ForeignKey(
        AdverseEvent,
        on_delete=models.PROTECT,
        related_name="sponsor_updates",
        verbose_name=_("adverse event"),
    )
    news = models.CharField(
        _("news"), max_length=20, choices=[(each.value, each.label) for each in WORSENINGS]
    )
    event_version = models.PositiveIntegerField(_("version of the event"))
    known_at = models.DateTimeField(
        _("known at"), help_text=_("When the worsening was recorded: the clock starts.")
    )
    sponsor_informed_at = models.DateTimeField(_("sponsor informed at"), null=True, blank=True)

    if TYPE_CHECKING:
        objects: Manager["SponsorUpdate"]

    class Meta:
        verbose_name = _("worsening to be told to the sponsor")
        verbose_name_plural = _("worsenings to be told to the sponsor")
        indexes = [
            models.Index(
                fields=["trial", "known_at"],
                name="events_update_open",
                condition=Q(sponsor_informed_at=None),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "news", "event_version"],
                name="events_sponsorupdate_once",
                violation_error_message=_("Worsening: on record already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} · {self.news} · {self.event_version}"

    @property
    def news_label(self) -> str:
        """The news in words."""
        return str(NoticeNews(self.news).label)
