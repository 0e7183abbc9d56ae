"""Emergency unblinding of one participant: who requested it, why, who confirmed, when. Never which arm."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.models import User
from audit.models import AuditedModel
from product.choices import SecondPerson, UnblindingReason, UnblindingState
from product.rules.unblinding import UnblindingMoments, unblinding_state
from trials.models.design import Trial
from trials.models.participants import Participant


class UnblindingQuerySet(models.QuerySet["Unblinding"]):
    """Filters of emergency unblindings."""

    def waiting(self, *, at: datetime) -> "UnblindingQuerySet":
        """Requested, not confirmed, not lapsed."""
        return self.filter(confirmed_at=None, expires_at__gte=at)

    def confirmed(self) -> "UnblindingQuerySet":
        return self.filter(confirmed_at__isnull=False)

    def disclosed(self) -> "UnblindingQuerySet":
        """The arm was displayed: the participant's blind is broken."""
        return self.filter(disclosed_at__isnull=False)


class Unblinding(AuditedModel):
    """One emergency unblinding. It cannot be voided, because a disclosure cannot be undone."""

    stays_open_when_locked = True

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="unblindings", verbose_name=_("trial")
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="unblindings", verbose_name=_("participant")
    )
    category = models.CharField(_("reason"), max_length=20, choices=UnblindingReason)
    reason_text = models.TextField(_("why the arm has to be known"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_by_role = models.CharField(_("role of the asker"), max_length=30, choices=Role)
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("a second person may confirm until"))
    confirmation = models.CharField(_("second person"), max_length=15, choices=SecondPerson, blank=True)
    confirmed_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    absence_reason = models.TextField(_("why there was no second person"), blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    disclosed_at = models.DateTimeField(_("arm first shown at"), null=True, blank=True)
    repeat_told_at = models.DateTimeField(
        _("two people told of a second arm at"),
        null=True,
        blank=True,
        help_text="Set when the asker had been shown another participant's arm shortly before.",
    )

    objects = UnblindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency unblinding")
        verbose_name_plural = _("emergency unblindings")
        indexes = [models.Index(fields=["trial", "changed_at"], name="product_unblinding_changed")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason_text=""),
                name="product_unblinding_has_reason",
                violation_error_message=_("Why: say in a few words why the arm has to be known."),
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")),
                name="product_unblinding_expires",
                violation_error_message=_("A request lapses after it was made."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("asked_by")),
                name="product_unblinding_two_people",
                violation_error_message=_("Second person: must be somebody else than the asker."),
            ),
            models.CheckConstraint(
                condition=Q(confirmation="", confirmed_by=None, absence_reason="", confirmed_at=None)
                | Q(
                    confirmation__in=["beside", "own_session"],
                    confirmed_by__isnull=False,
                    absence_reason="",
                    confirmed_at__isnull=False,
                )
                | (
                    Q(confirmation="nobody", confirmed_by=None, confirmed_at__isnull=False)
                    & ~Q(absence_reason="")
                ),
                name="product_unblinding_second_person_or_why_not",
                violation_error_message=_(
                    "Second person: a confirmation has either a second person or the reason why there was none."
                ),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None)
                | Q(confirmed_at__gte=F("asked_at"), confirmed_at__lte=F("expires_at")),
                name="product_unblinding_confirmed_in_time",
                violation_error_message=_("Confirmed at: between the request and its expiry."),
            ),
            models.CheckConstraint(
                condition=Q(disclosed_at=None)
                | Q(confirmed_at__isnull=False, disclosed_at__gte=F("confirmed_at")),
                name="product_unblinding_shown_after_confirmation",
                violation_error_message=_("The arm is shown after the confirmation, never before."),
            ),
            models.CheckConstraint(
                condition=Q(repeat_told_at=None) | Q(confirmed_at__isnull=False),
                name="product_unblinding_repeat_told_after_confirmation",
                violation_error_message=_("Two people are told of a second arm after the confirmation."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.pk}"

    def moments(self) -> UnblindingMoments:
        """The record as rules use it."""
        return UnblindingMoments(self.expires_at, self.confirmed_at, self.disclosed_at)

    def state_at(self, at: datetime) -> UnblindingState:
        return unblinding_state(self.moments(), at)


class ArmDisclosure(AuditedModel):
    """One display of the arm: to whom and when.

    Written in the transaction that reads the arm, and committed before the arm is displayed.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    unblinding = models.ForeignKey(
        Unblinding,
        on_delete=models.PROTECT,
        related_name="disclosures",
        verbose_name=_("emergency unblinding"),
    )
    shown_to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("shown to"))
    shown_at = models.DateTimeField(_("shown at"))

    append_only = True

    class Meta:
        verbose_name = _("disclosure of an arm")
        verbose_name_plural = _("disclosures of an arm")

    def __str__(self) -> str:
        return f"{self.unblinding_id} · {self.pk}"
