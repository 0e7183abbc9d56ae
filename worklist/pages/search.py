"""Search for a participant or an event by a few letters of a code or a term."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.queries import site_codes_for, trial_codes_for
from events.models import AdverseEvent
from trials.models import Participant

SHOWN_AT_MOST = 25


@dataclass(frozen=True)
class Found:
    """One hit: its address, its name, and details to recognise it."""

    url: str
    name: str
    detail: str


def search_view(request: HttpRequest) -> HttpResponse:
    """The page of hits; an empty search finds nothing."""
    text = request.GET.get("q", "").strip()[:80]
    user: User = request.user  # type: ignore[assignment]
    groups = (
        [(_("Participants"), participants(user, text)), (_("Adverse events"), events(user, text))]
        if text
        else []
    )
    context = {
        "title": _("Search"),
        "search_text": text,
        "groups": groups,
        "has_hits": any(hits for _name, hits in groups),
        "shown_at_most": SHOWN_AT_MOST,
    }
    return TemplateResponse(request, "worklist/search.html", context)


def reach(user: User, action: Action, *, trial: str, site: str) -> Q:
    """The rows that the account may see by this action; `trial` and `site` are the lookups of their codes."""
    rows = Q(pk__in=[])
    for code in sorted(trial_codes_for(user, action)):
        sites = site_codes_for(user, action, trial_code=code)
        rows |= (
            Q(**{f"{trial}__code": code})
            if sites is None
            else Q(**{f"{trial}__code": code, f"{site}__code__in": sorted(sites)})
        )
    return rows


def participants(user: User, text: str) -> list[Found]:
    """The participants in the person's reach whose code has the text."""
    rows: QuerySet[Participant] = Participant.objects.filter(
        reach(user, Action.VIEW_PARTICIPANTS, trial="trial", site="site"), code__icontains=text
    )
    return [
        Found(
            reverse("admin:trials_participant_change", args=[row.pk]),
            row.code,
            f"{row.site.name} · {row.get_status_display()}",
        )
        for row in rows.select_related("site").order_by("code")[:SHOWN_AT_MOST]
    ]


def events(user: User, text: str) -> list[Found]:
    """The events in the person's reach whose term has the text."""
    named = (
        Q(reported_term__icontains=text)
        | Q(ctcae_term__term__icontains=text)
        | Q(dictionary_term__icontains=text)
        | Q(participant__code__icontains=text)
    )
    rows = AdverseEvent.objects.standing().filter(
        reach(user, Action.VIEW_EVENTS, trial="trial", site="participant__site"), named
    )
    return [
        Found(
            reverse("admin:events_adverseevent_change", args=[row.pk]),
            f"{row.participant.code} · {row.ctcae_term.term if row.ctcae_term else row.reported_term}",
            row.get_grade_display() or _("grade not recorded"),
        )
        for row in rows.select_related("participant", "ctcae_term").order_by("-onset_earliest_at", "-pk")[
            :SHOWN_AT_MOST
        ]
    ]


def search_page(admin_view: Callable[..., Callable[..., HttpResponseBase]]) -> URLPattern:
    """The address of the search, for the site's URL patterns; `admin_view` requires signing in."""
    return path("search/", admin_view(search_view), name="search")
