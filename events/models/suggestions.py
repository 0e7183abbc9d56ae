"""Events that measured values propose: one per participant, term and episode."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel
from events.choices import SuggestionState
from events.models.adverse_events import AdverseEvent
from events.models.vocabulary import CtcaeTerm
from trials.models import Participant, Trial


class SuggestedEventQuerySet(models.QuerySet["SuggestedEvent"]):
    """Proposals: those that nobody answered, those at some sites."""

    def open(self) -> "SuggestedEventQuerySet":
        return self.filter(state=SuggestionState.OPEN)

    def at_sites(self, site_codes: frozenset[str] | None) -> "SuggestedEventQuerySet":
        """Events of participants at the given sites; ``None`` is every site."""
        return self if site_codes is None else self.filter(participant__site__code__in=site_codes)


class SuggestedEvent(AuditedModel):
    """The proposal from the values of one episode.

    A person records it as an event, or dismisses it with a reason. A worse value of the same episode opens it again.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="suggested_events", verbose_name=_("participant")
    )
    term = models.ForeignKey(
        CtcaeTerm, on_delete=models.PROTECT, related_name="+", verbose_name=_("CTCAE term")
    )
    value_keys = ArrayField(models.CharField(max_length=40), verbose_name=_("values"), editable=False)
    test = models.CharField(_("test"), max_length=80)
    value = models.CharField(_("worst value"), max_length=60)
    began = models.CharField(_("began"), max_length=32)
    last_at = models.DateTimeField(_("last value at"))
    grades = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("grades"))
    rule = models.TextField(_("rule"))
    is_over = models.BooleanField(_("over"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=SuggestionState, default=SuggestionState.OPEN)
    answered_grade = models.PositiveSmallIntegerField(_("grade answered"), null=True, blank=True)
    event = models.ForeignKey(
        AdverseEvent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="suggestions",
        verbose_name=_("adverse event"),
    )
    dismissed_because = models.CharField(_("dismissed because"), max_length=500, blank=True)

    objects = SuggestedEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed event")
        verbose_name_plural = _("proposed events")
        indexes = [
            models.Index(
                fields=["trial", "-last_at"], name="events_suggested_open", condition=Q(state="open")
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="dismissed") | ~Q(dismissed_because=""),
                name="events_suggestedevent_reason",
                violation_error_message=_("Dismissed because: say why it is no event."),
            ),
            models.CheckConstraint(
                condition=~Q(state="recorded") | Q(event__isnull=False),
                name="events_suggestedevent_event",
                violation_error_message=_("Adverse event: name the one that it was recorded as."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.term_id} · {self.began}"

    @property
    def grade(self) -> int:
        """The grade that the worst value has at least."""
        return min(self.grades, default=0)
