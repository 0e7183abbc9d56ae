"""Signatures of people below what they were shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import SignatureMeaning
from accounts.models.people import User
from accounts.models.seal import SealedModel
from audit.models import FollowedModel


class SignatureBase(FollowedModel):
    """The columns of a signature of one version of one record (21 CFR 11.50, 11.70).

    `subject` is the label of the signed model, in lower case. `content_sha256` is that of the canonical content that was
    shown (`accounts.services.content_digest`): a later change leaves the signature on the older version, visibly.
    """

    append_only = True

    trial_id = models.BigIntegerField(_("trial"))
    subject = models.CharField(_("kind of record"), max_length=80)
    subject_id = models.BigIntegerField(_("record"))
    subject_version = models.PositiveIntegerField(_("version"))
    signed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="%(class)s_set", verbose_name=_("signed by")
    )
    printed_name = models.CharField(_("printed name"), max_length=150)
    signed_at = models.DateTimeField(_("signed at"))
    zone = models.CharField(_("time zone"), max_length=60)
    meaning = models.CharField(_("meaning"), max_length=20, choices=SignatureMeaning)
    content_sha256 = models.CharField(_("SHA-256 of what was shown"), max_length=64)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id} · {self.signed_by_id}"


class RecordSignature(SignatureBase):
    """A signature of an open record: the row itself is open."""

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        indexes = [models.Index(fields=["subject", "subject_id"], name="accounts_signature_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id", "subject_version", "signed_by", "meaning"],
                name="accounts_signature_once",
                violation_error_message=_("Signature: you have signed this version already."),
            ),
        ]


class SealedRecordSignature(SealedModel, SignatureBase):
    """A signature of a sealed record. Sealed too: that somebody signed would say that there was something to sign."""

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("signature of a sealed record")
        verbose_name_plural = _("signatures of sealed records")
        indexes = [models.Index(fields=["subject", "subject_id"], name="accounts_sealedsignature_subj")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id", "subject_version", "signed_by", "meaning"],
                name="accounts_sealedsignature_once",
                violation_error_message=_("Signature: you have signed this version already."),
            ),
        ]
