"""Accounts, their roles, their tokens, and the log of every opening of sealed rows."""

from contextvars import ContextVar
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import ClearanceGround, PasswordUse, Role, SignatureMeaning
from accounts.rules import SITE_BOUND_ROLES, clashing_roles
from audit.models import FollowedModel, OutboxModel

SYSTEM_USERNAME = "system"


class SealedError(Exception):
    """Sealed rows were read without a clearance: open one with ``accounts.services.cleared``."""


open_clearance: ContextVar["Clearance | None"] = ContextVar("open_clearance", default=None)
"""The clearance of the running block. The database does not rely on it: it reads the row itself."""


class User(FollowedModel, AbstractUser):
    """A person, or the system itself. Rights come from memberships only: `is_superuser` grants nothing here."""

    trail_leaves_out = ("last_login",)
    trail_keeps_secret = ("password",)
    # Signing in may write here without a person (Django renews an old hash): such a write is recorded without a name,
    # not refused.
    trail_needs_a_name = False

    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(
        _("language"), max_length=5, default="en", choices=[("en", _("English")), ("fr", _("French"))]
    )

    email_changed_at = models.DateTimeField(
        _("e-mail address changed at"), null=True, blank=True, editable=False
    )
    email_changed_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("e-mail address changed by"),
    )
    link_sent_at = models.DateTimeField(
        _("link for a password sent at"),
        null=True,
        blank=True,
        editable=False,
        help_text="When an administrator last had a one-time link sent.",
    )
    unlocked_at = models.DateTimeField(
        _("unlocked at"),
        null=True,
        blank=True,
        editable=False,
        help_text="Wrong passwords before this moment do not count.",
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="accounts_user_not_superuser",
                condition=Q(is_superuser=False),
                violation_error_message=_(
                    "Superuser: no account may bypass the permission table; grant a role instead."
                ),
            ),
        ]

    def clean(self) -> None:
        super().clean()
        if self.is_system:
            message = _("User name: “%(name)s” is the system's own account; choose another name.")
            raise ValidationError({"username": ValidationError(message, params={"name": SYSTEM_USERNAME})})

    @property
    def is_system(self) -> bool:
        return self.username == SYSTEM_USERNAME


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Filters of memberships."""

    def standing(self) -> "MembershipQuerySet":
        return self.filter(ended_at=None)


class Membership(FollowedModel):
    """One role of one person in one trial, at one site or at all. Ended, never deleted."""

    trail_trial = "trial_code"

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("account")
    )
    role = models.CharField(_("role"), max_length=30, choices=Role)
    trial_code = models.CharField(
        _("trial"), max_length=40, blank=True, help_text=_("Empty: every trial (administrators only).")
    )
    site_code = models.CharField(
        _("site"), max_length=40, blank=True, help_text=_("Empty: every site of the trial.")
    )
    granted_at = models.DateTimeField(_("granted at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "trial_code", "site_code"],
                condition=Q(ended_at=None),
                name="accounts_membership_once",
                violation_error_message=_("Membership: this account already holds this role there."),
            ),
            models.CheckConstraint(
                condition=~Q(trial_code="") | Q(role=Role.ADMINISTRATOR),
                name="accounts_membership_names_trial",
                violation_error_message=_(
                    "Trial: only an administrator's membership may be without a trial."
                ),
            ),
            models.CheckConstraint(
                condition=Q(site_code="") | Q(role__in=sorted(SITE_BOUND_ROLES)),
                name="accounts_membership_site_bound",
                violation_error_message=_("Site: only nurses and investigators are bound to a site."),
            ),
        ]

    def __str__(self) -> str:
        return " · ".join(filter(None, [self.role, self.trial_code, self.site_code]))

    def clean(self) -> None:
        """Refuse a role that clashes with the person's other roles in the trial.

        A membership without a trial counts in all of them.
        """
        if not self.user_id or self.ended_at:
            return
        held = Membership.objects.standing().filter(user=self.user_id).exclude(pk=self.pk)
        if self.trial_code:
            held = held.filter(trial_code__in=["", self.trial_code])
        if clashing_roles([*held.values_list("role", flat=True), self.role]):
            raise ValidationError(
                {"role": _("Role: nobody may hold a blinded and an unblinded role in the same trial.")}
            )


class ApiToken(FollowedModel):
    """A bearer token: its SHA-256, the membership it carries, and its end.

    The token itself is displayed only once.
    """

    trail_part_of = "membership"
    trail_keeps_secret = ("digest",)

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField(_("label"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="accounts_apitoken_expires",
                violation_error_message=_("Expires at: must be later than its creation."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} · {self.membership_id}"


class IdempotentRequest(models.Model):
    """The row that a create request with this key made, so that the same request sent twice creates one row.

    The response is not stored: it is made again from the row, under the rights of the account that sends the request.
    """

    actor_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    path = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    resource_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_id", "key"], name="accounts_idempotentrequest_once")
        ]

    def __str__(self) -> str:
        return f"{self.actor_id} · {self.key}"


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


class ClockTimestamp(models.Func):
    """The database's clock at the time of the call, not at the beginning of the transaction."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = models.DateTimeField()


class WrongPassword(models.Model):
    """One wrong password, counted by account, device, session and address. The typed text is not stored.

    `source` is the device (signing in where the person did before), the session (a repeated password), or the account
    that sends the request (a second person); empty for an unknown device. `name_key` is a keyed digest of the user name
    as typed, because people sometimes type a password into that field.
    """

    at = models.DateTimeField(_("moment"), db_default=ClockTimestamp())
    use = models.CharField(_("typed for"), max_length=10, choices=PasswordUse)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="wrong_passwords", verbose_name=_("account")
    )
    name_key = models.CharField(max_length=64)
    address = models.CharField(_("address"), max_length=50, blank=True)
    source = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("wrong password")
        verbose_name_plural = _("wrong passwords")
        indexes = [
            models.Index(fields=["name_key", "at"], name="accounts_wrong_name"),
            models.Index(fields=["address", "at"], name="accounts_wrong_address"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.use}"


class Clearance(FollowedModel):
    """One opening of sealed rows: who, on which ground, of which trial, why, in which transaction.

    Only the database function `accounts_open_clearance` writes these rows; row-level security looks for the row of the
    running transaction. The trail follows them, so that a later change or deletion is detected. Their entries are
    sealed, because their number reveals how often sealed rows are opened. Trial 0 opens sealed rows that belong to no
    trial.
    """

    append_only = True
    trail_sealed = True
    trail_needs_a_name = (
        False  # the row itself has person and reason; it is also written where nothing is changed
    )

    ground = models.CharField(max_length=20, choices=ClearanceGround)
    actor_id = models.BigIntegerField()
    trial_id = models.BigIntegerField()
    participant_id = models.BigIntegerField(null=True)
    purpose = models.TextField()
    request_id = models.CharField(max_length=64, blank=True)
    opened_at = models.DateTimeField()
    transaction_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        indexes = [models.Index(fields=["trial_id", "opened_at"], name="accounts_clearance_trial")]

    def __str__(self) -> str:
        return f"{self.pk} · {self.ground}"


class OpeningLogEntry(FollowedModel):
    """The same opening, written on a separate connection before anything is read.

    It remains when the transaction that opened the seal is rolled back, as for a refused request or a rehearsed import.
    Only the database function `accounts_log_opening` writes these rows. `transaction_id` identifies the clearance, if
    that was committed.
    """

    append_only = True
    trail_sealed = True
    trail_needs_a_name = False

    ground = models.CharField(max_length=20, choices=ClearanceGround)
    actor_id = models.BigIntegerField()
    trial_id = models.BigIntegerField()
    participant_id = models.BigIntegerField(null=True)
    purpose = models.TextField()
    request_id = models.CharField(max_length=64, blank=True)
    opened_at = models.DateTimeField()
    transaction_id = models.BigIntegerField()
    logged_at = models.DateTimeField()

    class Meta:
        verbose_name = _("entry of the log of openings")
        verbose_name_plural = _("entries of the log of openings")
        indexes = [
            models.Index(fields=["trial_id", "opened_at"], name="accounts_opening_trial"),
            models.Index(fields=["transaction_id"], name="accounts_opening_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.ground}"


class SealedManager(models.Manager[Any]):
    """Raises an error without an open clearance: an empty result would be read as "none"."""

    def get_queryset(self) -> models.QuerySet[Any]:
        if open_clearance.get() is None:
            raise SealedError(f"{self.model.__name__} is sealed: open a clearance first.")
        return super().get_queryset()

    def none(self) -> models.QuerySet[Any]:
        """An empty queryset without a clearance: schema generation needs the model and no rows."""
        return models.QuerySet(self.model, using=self._db).none()


class SealedModel(models.Model):
    """A sealed table: row-level security is forced on it, and its manager requires a clearance.

    A subclass has a `trial` column; one with a `participant` column can also be opened for that participant alone.
    """

    trail_sealed: ClassVar[bool] = True

    objects: ClassVar[models.Manager[Self]] = SealedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


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
