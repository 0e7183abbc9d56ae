"""Every receipt of information about a case: immutable, with its own moments."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import AuditedModel
from events.models import AdverseEvent
from pharmacovigilance.choices import ReceiptKind, ReceiptSource
from pharmacovigilance.models.cases import SafetyCase
from pharmacovigilance.rules.receipts import MinimumCriteria
from trials.models import Trial


class Receipt(AuditedModel):
    """One piece of information.

    `received_at` is the sponsor's, `site_aware_at` the site's: two times, both stored.

    `facts` is the clinical record of the event in `event_version`; empty for other information.
    """

    append_only = True

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    case = models.ForeignKey(
        SafetyCase, on_delete=models.PROTECT, related_name="receipts", verbose_name=_("safety case")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ReceiptKind)
    source = models.CharField(_("source"), max_length=10, choices=ReceiptSource)
    event = models.ForeignKey(
        AdverseEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="receipts",
        verbose_name=_("adverse event"),
    )  # fmt: skip
    event_version = models.PositiveIntegerField(_("version of the event"), null=True, blank=True)
    received_at = models.DateTimeField(
        _("received by the sponsor at"), help_text=_("When the sponsor, or who acts for it, had it.")
    )
    site_aware_at = models.DateTimeField(_("site aware at"), null=True, blank=True)
    has_patient = models.BooleanField(_("identifiable participant"))
    has_reporter = models.BooleanField(_("identifiable reporter"))
    has_event = models.BooleanField(_("an event"))
    has_product = models.BooleanField(_("a suspect product"))
    is_significant = models.BooleanField(_("can change the report"))
    changed_facts = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("what is new")
    )
    facts = models.JSONField(_("what was received"), default=dict, blank=True)
    said_by = models.CharField(
        _("from whom"), max_length=200, blank=True, help_text=_("A function, never a name.")
    )
    text = models.TextField(_("in words"), blank=True)
    entered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by")
    )

    class Meta:
        verbose_name = _("receipt of information")
        verbose_name_plural = _("receipts of information")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "event_version"],
                condition=Q(source=ReceiptSource.SITE),
                name="pv_receipt_version_once",
                violation_error_message=_("Version: this version of the event was taken in already."),
            ),
            models.CheckConstraint(
                condition=Q(source=ReceiptSource.SITE, event__isnull=False, event_version__isnull=False)
                | (~Q(source=ReceiptSource.SITE) & ~Q(text="")),
                name="pv_receipt_says_something",
                violation_error_message=_("In words: say what was received."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.pk}"

    @property
    def criteria(self) -> MinimumCriteria:
        """The four minimum criteria after this receipt."""
        return MinimumCriteria(self.has_patient, self.has_reporter, self.has_event, self.has_product)
