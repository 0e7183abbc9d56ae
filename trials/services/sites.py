"""Settings of a site after it was opened."""

from datetime import datetime

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, next_version
from trials.models import Site
from trials.services.entries import check_seen


def choose_stations(
    *, site: Site, has_shared_stations: bool, seen_version: int, by: User, at: datetime, reason: str
) -> Site:
    """Set whether several people share the computers of a site. It applies from each person's next sign-in."""
    require(by=by, action=Action.MANAGE_TRIAL, trial_code=site.trial.code)
    with attributed(by=by, reason=reason, at=at):
        row = Site.objects.select_for_update(of=("self",)).get(pk=site.pk)
        check_seen(row, seen_version)
        row.has_shared_stations = has_shared_stations
        next_version(row, at=at)
        row.full_clean()
        row.save()
    return row
