"""An arm that became known by mistake: the fact and its impact are open, what happened is sealed."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import SealedModel, User
from audit.models import AuditedModel, VoidableModel
from partial_dates import PartialMoment, parse_partial
from partial_dates.refusals import Refusal, RefusalError
from product.choices import BlindImpact, LeakChannel, Learner
from product.rules.unblinding import arm_refusals
from trials.models.design import ProtocolVersion, Site, Trial
from trials.models.participants import Participant
from webkit.refusals import raise_refusals


class InadvertentUnblinding(VoidableModel):
    """An arm became known to a person who should not know it: whose, when, to whom, with what impact.

    Blinded people read all of it.
    """

    stays_open_when_locked = True

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="inadvertent_unblindings", verbose_name=_("trial")
    )
    participant = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="inadvertent_unblindings",
        verbose_name=_("participant"),
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("site")
    )
    occurred = models.CharField(_("when"), max_length=32, blank=True)
    occurred_earliest_at = models.DateTimeField(null=True, blank=True, editable=False)
    occurred_latest_at = models.DateTimeField(null=True, blank=True, editable=False)
    learner = models.CharField(_("who learnt it"), max_length=30, choices=Learner)
    learnt_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("their account, if they have one"),
    )
    learner_description = models.CharField(_("their function"), max_length=200, blank=True)
    impact = models.CharField(
        _("impact on the blind"), max_length=15, choices=BlindImpact, default=BlindImpact.NOT_ASSESSED
    )
    assessed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("assessed by")
    )
    assessed_at = models.DateTimeField(_("assessed at"), null=True, blank=True)
    is_corrected = models.BooleanField(_("corrective action taken"), null=True, blank=True)

    class Meta:
        verbose_name = _("inadvertent unblinding")
        verbose_name_plural = _("inadvertent unblindings")
        indexes = [models.Index(fields=["trial", "changed_at"], name="product_inadvertent_changed")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(learner="other") | ~Q(learner_description=""),
                name="product_inadvertent_other_described",
                violation_error_message=_("Their function: needed when it is somebody else; never a name."),
            ),
            models.CheckConstraint(
                condition=Q(impact="not_assessed", assessed_by=None, assessed_at=None)
                | (~Q(impact="not_assessed") & Q(assessed_by__isnull=False, assessed_at__isnull=False)),
                name="product_inadvertent_assessed_whole",
                violation_error_message=_("Impact: an assessment has its category, its author and its time."),
            ),
            models.CheckConstraint(
                condition=Q(assessed_by=None) | Q(learnt_by=None) | ~Q(assessed_by=F("learnt_by")),
                name="product_inadvertent_assessed_by_another",
                violation_error_message=_("Impact: assessed by somebody else than who learnt the arm."),
            ),
            models.CheckConstraint(
                condition=Q(participant=None) | Q(site__isnull=False),
                name="product_inadvertent_participant_has_site",
                violation_error_message=_("Site: known when the participant is."),
            ),
            VoidableModel.void_constraint("product_inadvertent_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} · {self.pk}"

    def clean(self) -> None:
        """Derive the limits of the time; refuse an arm's name and a participant or site of another trial."""
        if self.trial_id is None:
            return
        self._check_place()
        happened = self.moment()
        self.occurred_earliest_at = happened.earliest if happened else None
        self.occurred_latest_at = happened.latest if happened else None
        protocol = ProtocolVersion.objects.protocol_of(trial_id=self.trial_id, on=None)
        refusals = arm_refusals([("learner_description", self.learner_description)], protocol.arms)
        raise_refusals(refusals, type(self))

    def moment(self) -> PartialMoment | None:
        """When it happened, as exactly as known; None when unknown."""
        if not self.occurred:
            return None
        try:
            return parse_partial(self.occurred, self.trial.timezone, field=str(_("When")))
        except RefusalError as error:
            raise_refusals((Refusal("occurred", r.message, r.params) for r in error.refusals), type(self))
            raise

    def _check_place(self) -> None:
        if self.participant is not None:
            self.site = self.participant.site
            if self.participant.trial_id != self.trial_id:
                raise ValidationError({"participant": _("Participant: belongs to another trial.")})
        if self.site is not None and self.site.trial_id != self.trial_id:
            raise ValidationError({"site": _("Site: it belongs to another trial.")})


class UnblindingAccount(SealedModel, AuditedModel):
    """What happened in an inadvertent unblinding, in words that may reveal the arm: one account per record."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    inadvertent = models.OneToOneField(
        InadvertentUnblinding,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("inadvertent unblinding"),
    )
    channel = models.CharField(_("how it became known"), max_length=20, choices=LeakChannel)
    what_happened = models.TextField(_("what happened"))
    known_to = models.TextField(_("who may have learnt what"), blank=True)
    impact_text = models.TextField(_("impact in words"), blank=True)
    corrective_action = models.TextField(_("corrective action"), blank=True)

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("account of an inadvertent unblinding")
        verbose_name_plural = _("accounts of inadvertent unblindings")
        constraints = [
            models.CheckConstraint(
                condition=~Q(what_happened=""),
                name="product_unblindingaccount_told",
                violation_error_message=_("What happened: needed; it is kept under seal."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inadvertent_id}"
