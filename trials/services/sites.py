"""What is chosen for a site after it was opened."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, next_version
from trials.models import Site


def choose_stations(
    *, site: Site, has_shared_stations: bool, seen_version: int, by: User, at: datetime, reason: str
) -> Site:
    """Say whether several people share the computers of a site. It counts from each person's next sign-in.

    Raises ValidationError when the site was changed meanwhile, and PermissionDenied.
    """
    require(by=by, action=Action.MANAGE_TRIAL, trial_code=site.trial.code)
    with attributed(by=by, reason=reason, at=at):
        row = Site.objects.select_for_update(of=("self",)).get(pk=site.pk)
        if row.version != seen_version:
            raise ValidationError(
                _("Somebody else changed this site since you opened it; nothing was saved.")
            )
        row.has_shared_stations = has_shared_stations
        next_version(row, at=at)
        row.full_clean()
        row.save()
    return row
