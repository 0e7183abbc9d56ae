"""Stores a release of the HLA nomenclature. It judges nothing again: findings keep their table."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.services import attributed
from immunology.models import ReferenceRelease
from immunology.rules.releases import Release


def store_nomenclature(*, release: Release, by: User, at: datetime, reason: str) -> bool:
    """Store a release; returns whether it was new.

    Raises ValidationError when the same release has other files.
    """
    with attributed(by=by, reason=reason, at=at):
        earlier = ReferenceRelease.objects.filter(name=release.name).first()
        if earlier is not None:
            _refuse_other_files(earlier, release.sha256)
            return False
        row = ReferenceRelease(
            name=release.name,
            kind=release.kind,
            sha256_of_files=dict(release.sha256),
            verified_files=list(release.verified),
            content={
                "antigen_of": dict(release.antigen_of),
                "parent_of": dict(release.parent_of),
                "group_of": dict(release.group_of),
            },
            imported_at=at,
        )
        row.full_clean()
        row.save()
    return True


def _refuse_other_files(earlier: ReferenceRelease, sha256: Mapping[str, str]) -> None:
    different = sorted(
        file for file, value in sha256.items() if earlier.sha256_of_files.get(file, value) != value
    )
    if different:
        message = _("%(files)s: release %(name)s was imported before with other content.")
        raise ValidationError(message % {"files": ", ".join(different), "name": earlier.name})
