"""MedDRA as the licence holder loaded it, the version of each trial, and the coders' decisions."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assessments.models import Medication, SensitisingEvent
from audit.models import AuditedModel, FollowedModel
from events.models import AdverseEvent
from pharmacovigilance.choices import CodedBy, CodedSubject
from trials.models import Participant, Trial


class MeddraVersion(FollowedModel):
    """One version in one language. The SHA-256 is of the licence holder's files. Its terms never change."""

    append_only = True
    trail_needs_a_name = False  # loaded by the operator of the machine

    number = models.CharField(_("MedDRA version"), max_length=5)
    language = models.CharField(_("language"), max_length=20)
    files_sha256 = models.CharField(_("SHA-256 of the files"), max_length=64)
    loaded_at = models.DateTimeField(_("loaded at"))

    class Meta:
        verbose_name = _("MedDRA version")
        verbose_name_plural = _("MedDRA versions")
        constraints = [
            models.UniqueConstraint(
                fields=["number", "language"],
                name="pv_meddraversion_once",
                violation_error_message=_(
                    "Version: it is loaded already, and a loaded version never changes."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"MedDRA {self.number} {self.language}"


class MeddraTerm(models.Model):
    """A lowest level term of one version. `folded` is its name without case, accents and double blanks.

    Not in the trail: the dictionary is licensed, and its files are identified by their SHA-256.
    """

    version = models.ForeignKey(MeddraVersion, on_delete=models.PROTECT, related_name="terms")
    code = models.CharField(_("code"), max_length=8)
    name = models.CharField(_("term"), max_length=250)
    folded = models.CharField(max_length=250)
    pt_code = models.CharField(_("code of the preferred term"), max_length=8)
    is_current = models.BooleanField(_("current"))

    class Meta:
        verbose_name = _("MedDRA term")
        verbose_name_plural = _("MedDRA terms")
        indexes = [models.Index(fields=["version", "folded"], name="pv_meddraterm_folded")]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="pv_meddraterm_once")]

    def __str__(self) -> str:
        return self.name


class MeddraPath(models.Model):
    """One path of a preferred term up to a system organ class. Exactly one path of each is primary."""

    version = models.ForeignKey(MeddraVersion, on_delete=models.PROTECT, related_name="paths")
    pt_code = models.CharField(max_length=8)
    pt_name = models.CharField(_("preferred term"), max_length=250)
    hlt_code = models.CharField(max_length=8)
    hlt_name = models.CharField(_("high level term"), max_length=250)
    hlgt_code = models.CharField(max_length=8)
    hlgt_name = models.CharField(_("high level group term"), max_length=250)
    soc_code = models.CharField(max_length=8)
    soc_name = models.CharField(_("system organ class"), max_length=250)
    is_primary = models.BooleanField(_("primary"))

    class Meta:
        verbose_name = _("path in MedDRA")
        verbose_name_plural = _("paths in MedDRA")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "pt_code"], condition=Q(is_primary=True), name="pv_meddrapath_one_primary"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pt_name} · {self.soc_name}"


class MeddraPin(AuditedModel):
    """From this time on the trial codes in this version.

    The last row counts; codes of an older version stay readable.
    """

    append_only = True

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="meddra_pins", verbose_name=_("trial")
    )
    meddra = models.ForeignKey(
        MeddraVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("MedDRA version")
    )
    pinned_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("chosen by")
    )
    pinned_at = models.DateTimeField(_("chosen at"))
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("MedDRA version of a trial")
        verbose_name_plural = _("MedDRA versions of trials")

    def __str__(self) -> str:
        return f"{self.trial_id} · {self.meddra_id}"


class TermCoding(AuditedModel):
    """One decision: the lowest level term of these words. The last decision about a record counts.

    `words` are those that were coded: when the record's words change, the decision no longer applies. An empty code
    revokes a decision.
    """

    stays_open_when_locked = True

    append_only = True

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="term_codings", verbose_name=_("trial")
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="term_codings", verbose_name=_("participant")
    )
    subject = models.CharField(_("what is coded"), max_length=10, choices=CodedSubject)
    event = models.ForeignKey(
        AdverseEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="codings",
        verbose_name=_("adverse event"),
    )  # fmt: skip
    medication = models.ForeignKey(
        Medication, on_delete=models.PROTECT, null=True, blank=True, related_name="codings",
        verbose_name=_("medication"),
    )  # fmt: skip
    history = models.ForeignKey(
        SensitisingEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="codings",
        verbose_name=_("history"),
    )  # fmt: skip
    words = models.TextField(_("words"))
    meddra = models.ForeignKey(
        MeddraVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("MedDRA version")
    )
    llt_code = models.CharField(_("code"), max_length=8, blank=True)
    llt_name = models.CharField(_("lowest level term"), max_length=250, blank=True)
    how = models.CharField(_("how"), max_length=10, choices=CodedBy)
    coded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("coded by"))
    coded_at = models.DateTimeField(_("coded at"))
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("coding decision")
        verbose_name_plural = _("coding decisions")
        indexes = [
            models.Index(fields=["trial", "-id"], name="pv_termcoding_latest"),
            models.Index(fields=["trial", "changed_at"], name="pv_termcoding_changed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(subject="event", event__isnull=False, medication=None, history=None)
                | Q(subject="indication", event=None, medication__isnull=False, history=None)
                | Q(subject="history", event=None, medication=None, history__isnull=False),
                name="pv_termcoding_of_one",
                violation_error_message=_(
                    "What is coded: one event, one medication or one entry of the history."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="pv_termcoding_has_reason",
                violation_error_message=_("Reason: say why this term."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.record_id} · {self.llt_code or '–'}"

    def clean(self) -> None:
        """The term is a current one of the version; others are not permitted for new coding."""
        if not self.llt_code:
            self.llt_name = ""
            return
        term = MeddraTerm.objects.filter(version=self.meddra_id, code=self.llt_code).first()
        params = {"code": self.llt_code, "version": str(self.meddra)}
        if term is None:
            message = _("Code: %(code)s is no term of %(version)s.")
            raise ValidationError({"llt_code": ValidationError(message, params=params)})
        if not term.is_current:
            message = _(
                "Code: %(code)s is not current in %(version)s; a term that is not current codes nothing new."
            )
            raise ValidationError({"llt_code": ValidationError(message, params=params)})
        self.llt_name = term.name

    @property
    def record_id(self) -> int | None:
        """The id of the coded record."""
        return self.event_id or self.medication_id or self.history_id
