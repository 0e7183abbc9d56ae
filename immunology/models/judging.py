"""Sealed: what antibodies are judged by (rule set, release, typing), each change of it, and the readings of calls."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import SealedModel
from audit.models import AuditedModel
from immunology.choices import ChangeKind, ReaderPart
from immunology.models.sealed import DsaFinding
from immunology.rules.codes import Code
from trials.models import Trial


class JudgingChange(SealedModel, AuditedModel):
    """One version of a rule set, a release or a donor's typing: proposed, shown with what it would change, adopted.

    Until it is adopted every finding keeps what it was judged by. The rule set of the first judgement is adopted by its
    use, and readers may sign calls only after somebody has signed it.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    kind = models.CharField(_("what changes"), max_length=10, choices=ChangeKind)
    name = models.CharField(_("new version"), max_length=80)
    proposal = models.JSONField(_("what is proposed"))
    proposal_sha256 = models.CharField(max_length=64)
    proposed_by_id = models.BigIntegerField(_("proposed by"), editable=False)
    proposed_at = models.DateTimeField(_("proposed at"))
    adopted_by_id = models.BigIntegerField(_("adopted by"), null=True, editable=False)
    adopted_at = models.DateTimeField(_("adopted at"), null=True, blank=True)
    drift = models.JSONField(_("what it changed"), default=list, blank=True)
    drift_sha256 = models.CharField(max_length=64, blank=True)

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("change of the judgement")
        verbose_name_plural = _("changes of the judgement")
        constraints = [
            models.CheckConstraint(
                condition=Q(adopted_at=None, adopted_by_id=None)
                | Q(adopted_at__isnull=False, adopted_by_id__isnull=False),
                name="immunology_judgingchange_adopted_by_somebody",
                violation_error_message=_("Adoption: has a person and a moment."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.kind}"


class CallReading(SealedModel, AuditedModel):
    """What one reader says of one version of one call, with what was shown. Never changed; it has one signature."""

    append_only = True

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    finding = models.ForeignKey(
        DsaFinding, on_delete=models.PROTECT, related_name="readings", verbose_name=_("call")
    )
    part = models.CharField(_("read as"), max_length=12, choices=ReaderPart)
    reader_id = models.BigIntegerField(_("reader"), editable=False)
    verdict = models.CharField(_("class by the reader"), max_length=50)
    comment = models.TextField(_("comment"), blank=True)
    shown = models.JSONField(_("what was shown"))
    shown_sha256 = models.CharField(_("SHA-256 of what was shown"), max_length=64)
    read_at = models.DateTimeField(_("read at"))

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("reading of a call")
        verbose_name_plural = _("readings of calls")
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "shown_sha256", "reader_id"],
                name="immunology_callreading_once",
                violation_error_message=_("Reading: you have read this version of the call already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} · {self.part} · {self.reader_id}"

    def clean(self) -> None:
        """The verdict is a class of the rules; another one than theirs needs a comment."""
        if self.verdict not in set(Code):
            raise ValidationError({"verdict": _("Class: “%(value)s” is none.") % {"value": self.verdict}})
        if self.verdict != self.shown.get("classification") and not self.comment.strip():
            raise ValidationError({"comment": _("Comment: another class than that of the rules needs one.")})
