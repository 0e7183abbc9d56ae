"""Imported releases of the HLA nomenclature: source files, and the antigen of each allele."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.models import FollowedModel


class ReferenceRelease(FollowedModel):
    """One release. Never changed: another copy of the release with other content is refused."""

    append_only = True

    name = models.CharField(_("release"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=10, help_text=_("WMDA, or HATS from 3.64.0 on."))
    sha256_of_files = models.JSONField(_("SHA-256 of the files"))
    verified_files = models.JSONField(_("files whose checksum was compared"), default=list, blank=True)
    content = models.JSONField(help_text="Antigen by allele, parent by antigen, P group by protein.")
    imported_at = models.DateTimeField(_("imported at"))

    class Meta:
        verbose_name = _("release of the nomenclature")
        verbose_name_plural = _("releases of the nomenclature")

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
