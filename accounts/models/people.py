"""People and their roles."""

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.rules import SITE_BOUND_ROLES, clashing_roles
from audit.models import FollowedModel

SYSTEM_USERNAME = "system"


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
