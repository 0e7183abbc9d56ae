"""The trial that a person works in, and the time zone of their pages."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from accounts.queries import grants_of
from trials.models import Site, Trial
from webkit.admin.display import study_zone


def workplace_trial(user: User) -> Trial | None:
    """The trial a person works in: that of the first role, by code (a role in every trial: the first trial)."""
    known: Trial | None = getattr(user, "_workplace_trial", None)
    if known is None:
        codes = sorted({grant.trial_code for grant in grants_of(user) if grant.trial_code})
        known = Trial.objects.filter(code=codes[0]).first() if codes else Trial.objects.order_by("pk").first()
        user._workplace_trial = known  # type: ignore[attr-defined]
    return known


def workplace_zone(user: User) -> str:
    """The time zone of a person's pages.

    It is that of the sites where the person works when these have the same zone and the person has no role in a whole
    trial, else that of the trial. Empty before the first trial.
    """
    known: str | None = getattr(user, "_workplace_zone", None)
    if known is None:
        trial = workplace_trial(user)
        zones = _zones_of_sites(user) or {trial.timezone if trial else ""}
        known = zones.pop() if len(zones) == 1 or trial is None else trial.timezone
        user._workplace_zone = known  # type: ignore[attr-defined]
    return known


def _zones_of_sites(user: User) -> set[str]:
    """The zones of the sites of all roles of this person; none for a role in a whole trial."""
    places = {(grant.trial_code, grant.site_code) for grant in grants_of(user)}
    if not places or any(not site for _trial, site in places):
        return set()
    at_one = Q()
    for trial, site in places:
        at_one |= Q(code=site, **({"trial__code": trial} if trial else {}))
    return set(Site.objects.filter(at_one).values_list("timezone", flat=True))


class TrialZoneMiddleware:
    """Activates the time zone of the site (or of the trial) for pages and their input.

    The database and the API keep UTC.

    Study days are counted in the trial's zone everywhere.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        if request.path.startswith("/api/") or user is None or not user.is_authenticated:
            return self.get_response(request)
        trial = workplace_trial(user)
        zone = workplace_zone(user)
        token = study_zone.set(ZoneInfo(trial.timezone) if trial else None)
        try:
            with timezone.override(ZoneInfo(zone) if zone else None):
                return self.get_response(request)
        finally:
            study_zone.reset(token)
