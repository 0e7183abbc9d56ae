"""The trial, its protocol versions, its sites."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel
from trials.choices import Salt
from trials.rules.protocol import Protocol, is_zone, parse_protocol


def _check_zone(name: str) -> None:
    if name and not is_zone(name):
        message = _("Time zone: %(value)s is not in the IANA data base; write for example Europe/Paris.")
        raise ValidationError({"timezone": ValidationError(message, params={"value": name})})


class Trial(AuditedModel):
    """One trial. All other rows belong to it; its details are in its protocol versions."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=300)
    registration = models.CharField(_("registration"), max_length=60, blank=True)
    timezone = models.CharField(_("time zone"), max_length=60)

    trail_trial = "id"

    class Meta:
        verbose_name = _("trial")
        verbose_name_plural = _("trials")

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        _check_zone(self.timezone)


_read_protocols: dict[str, Protocol] = {}
"""Protocols read in this process, by the SHA-256 of their content: a loaded version never changes."""


class ProtocolVersionQuerySet(models.QuerySet["ProtocolVersion"]):
    """Filters of protocol versions."""

    def version_of(self, *, trial_id: int, on: date | None) -> "ProtocolVersion":
        """The version in force on a day (None: the newest), without its content.

        Before the first one, the first.

        Raises ValidationError when no protocol was loaded for the trial.
        """
        slim = self.defer("content").filter(trial_id=trial_id)
        newest_first = slim.order_by("-effective_date", "-pk")
        version = newest_first.first() if on is None else newest_first.filter(effective_date__lte=on).first()
        version = version or slim.order_by("effective_date", "pk").first()
        if version is None:
            raise ValidationError({"trial": _("Trial: no protocol is loaded for it; load one first.")})
        return version

    def protocol_of(self, *, trial_id: int, on: date | None) -> Protocol:
        """The protocol in force on a day (None: the newest); one query once it was read."""
        return self.version_of(trial_id=trial_id, on=on).protocol()


class ProtocolVersion(AuditedModel):
    """A protocol file as it was loaded: never edited, read through `trials.rules.protocol.parse_protocol`."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="protocol_versions")
    label = models.CharField(_("protocol version"), max_length=40)
    effective_date = models.DateField(_("effective from"))
    content = models.JSONField(_("content"))
    content_sha256 = models.CharField(max_length=64)

    objects = ProtocolVersionQuerySet.as_manager()
    append_only = True

    class Meta:
        verbose_name = _("protocol version")
        verbose_name_plural = _("protocol versions")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "label"],
                name="trials_protocolversion_label_once",
                violation_error_message=_(
                    "Version: this version is loaded already, and a loaded version is never edited."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} · {self.label}"

    def protocol(self) -> Protocol:
        """The content as rules use it."""
        if self.content_sha256 not in _read_protocols:
            _read_protocols[self.content_sha256] = parse_protocol(self.content)
        return _read_protocols[self.content_sha256]


class Site(AuditedModel):
    """A centre of the trial."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="sites", verbose_name=_("trial"))
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    country = models.CharField(_("country"), max_length=3, blank=True)
    timezone = models.CharField(_("time zone"), max_length=60)
    norepinephrine_salt = models.CharField(
        _("norepinephrine rates are of"),
        max_length=10,
        choices=Salt,
        default=Salt.UNKNOWN,
        db_default=Salt.UNKNOWN,
        help_text=_(
            "What the site's pharmacy labels in milligrams. A new reading takes it unless it says otherwise; readings that "
            "are recorded already keep theirs."
        ),
    )
    has_shared_stations = models.BooleanField(
        _("shared stations"),
        default=True,
        db_default=True,
        help_text=_(
            "Several people use one computer: a session ends after 15 minutes without use, else after one hour."
        ),
    )

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["trial", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "code"],
                name="trials_site_code_once",
                violation_error_message=_("Code: the trial has a site with this code already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        _check_zone(self.timezone)
