"""What is missing per site, to be read or printed before a visit; and the comparison of sites for the data manager."""

import csv
import io
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.queries import may_anywhere, site_codes_for, trial_codes_for, user_may
from audit.rules.spreadsheet import harmless
from data_management.choices import ExpectedForm, SiteVerdict
from data_management.queries.data_queries import query_ages
from data_management.queries.missing import MissingData, missing_data
from data_management.queries.subjects import subject_models
from data_management.queries.verification import verified_shares
from data_management.rules.expected import OverdueItem
from trials.models import Site, Trial
from webkit.admin.display import day, moment, number
from webkit.admin.requests import person_of

if TYPE_CHECKING:
    from data_management.rules.reporting_rates import SiteRate

PER_HUNDRED_DAYS = 100
VERDICT_CODES = {
    SiteVerdict.FEWER: "overdue",
    SiteVerdict.AS_EXPECTED: "done",
    SiteVerdict.TOO_SMALL: "unknown",
}
HEADINGS = ("site", "participant", "form", "which", "since")


def missing_page(request: HttpRequest) -> HttpResponse:
    """The page, of every site that the person reaches, or of the one that `?site=` names."""
    trial, at = _trial(request, Action.VIEW_MISSING), timezone.now()
    sites = _sites(request, trial)
    found = missing_data(trial=trial, sites=sites, at=at)
    may_see_queries = user_may(person_of(request), Action.RAISE_QUERY, trial_code=trial.code)
    context = {
        **_frame(request, _("What is missing"), trial),
        "printed_at": moment(at),
        "forms": [str(form.label) for form in ExpectedForm],
        "counts": _count_rows(found),
        "overdue": _overdue_of_sites(found.overdue),
        "site_links": _site_links(request, trial, sites),
        "ages": query_ages(trial=trial, sites=sites, at=at),
        "shares": _shares(trial, sites) if may_see_queries else [],
        "export_url": f"{reverse('admin:missing_export')}?{request.GET.urlencode()}",
        "compare_url": reverse("admin:compare_sites") if _may_compare(request, trial) else "",
    }
    return TemplateResponse(request, "data_management/missing.html", context)


def missing_export(request: HttpRequest) -> HttpResponse:
    """Everything that is overdue as CSV, as on the page."""
    trial, at = _trial(request, Action.VIEW_MISSING), timezone.now()
    found = missing_data(trial=trial, sites=_sites(request, trial), at=at)
    response = HttpResponse(_as_csv(found.overdue), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{trial.code}-overdue.csv"'
    return response


def compare_sites_page(request: HttpRequest) -> HttpResponse:
    """How many events each site reports in its days of follow-up, beside all others."""
    # scipy is loaded when the page is asked for: the start of each web process would take a second more.
    from data_management.queries.site_rates import site_rates  # noqa: PLC0415

    trial, at = _trial(request, Action.COMPARE_SITES), timezone.now()
    context = {
        **_frame(request, _("Events reported, by site"), trial),
        "rows": [_rate_row(row) for row in site_rates(trial=trial, at=at)],
        "back_url": reverse("admin:missing"),
    }
    return TemplateResponse(request, "data_management/compare_sites.html", context)


def _trial(request: HttpRequest, action: Action) -> Trial:
    """The trial that `?trial=` names, else the first of those in which the person may do this."""
    codes = trial_codes_for(person_of(request), action)
    if not may_anywhere(person_of(request), action) or not codes:
        raise PermissionDenied(_("Your account may not do this here: %(action)s.") % {"action": action.label})
    wished = request.GET.get("trial", "")
    return Trial.objects.get(code=wished if wished in codes else min(codes))


def _sites(request: HttpRequest, trial: Trial) -> frozenset[str] | None:
    """The sites within reach (None: all), or the one of them that is asked for."""
    reach = site_codes_for(person_of(request), Action.VIEW_MISSING, trial_code=trial.code)
    wished = request.GET.get("site", "")
    if wished and (reach is None or wished in reach):
        return frozenset({wished})
    return reach


def _site_links(request: HttpRequest, trial: Trial, shown: frozenset[str] | None) -> list[dict[str, Any]]:
    reach = site_codes_for(person_of(request), Action.VIEW_MISSING, trial_code=trial.code)
    places = Site.objects.filter(trial=trial).order_by("code")
    places = places if reach is None else places.filter(code__in=sorted(reach))
    codes = list(places.values_list("code", flat=True))
    if len(codes) == 1:
        return []
    every = {"label": _("All"), "url": reverse("admin:missing"), "is_shown": shown == reach}
    one_each = [
        {
            "label": code,
            "url": f"{reverse('admin:missing')}?site={code}",
            "is_shown": shown == frozenset([code]),
        }
        for code in codes
    ]
    return [every, *one_each]


def _may_compare(request: HttpRequest, trial: Trial) -> bool:
    return user_may(person_of(request), Action.COMPARE_SITES, trial_code=trial.code)


def _frame(request: HttpRequest, title: str, trial: Trial) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": title, "subtitle": trial.code, "trial": trial}


def _count_rows(found: MissingData) -> list[dict[str, Any]]:
    return [
        {"site": site, "cells": list(cells)}
        for site, cells in groupby(found.counts, key=lambda one: one.site)
    ]


def _overdue_of_sites(overdue: Sequence[OverdueItem]) -> list[dict[str, Any]]:
    return [
        {"site": site, "items": [_overdue_row(one) for one in items]}
        for site, items in groupby(overdue, key=lambda one: one.site)
    ]


def _overdue_row(one: OverdueItem) -> dict[str, str]:
    return {
        "participant": one.participant,
        "form": str(one.form.label),
        "what": one.what,
        "since": day(one.since),
    }


def _shares(trial: Trial, sites: frozenset[str] | None) -> list[dict[str, Any]]:
    """Only kinds of records that are there."""
    return [
        {"kind": capfirst(str(subject_models()[one.subject]._meta.verbose_name_plural)), "share": one}
        for one in verified_shares(trial=trial, sites=sites)
        if one.records
    ]


def _rate_row(row: "SiteRate") -> dict[str, Any]:
    rate = row.rate
    return {
        "site": row.site,
        "participants": row.participants,
        "days": number(row.days, ".0f"),
        "events": row.events,
        "rate": number(rate.rate * PER_HUNDRED_DAYS, ".1f") if rate else "–",
        "limits": f"{number(rate.low * PER_HUNDRED_DAYS, '.1f')} – {number(rate.high * PER_HUNDRED_DAYS, '.1f')}"
        if rate
        else "–",
        "expected": "–" if row.expected is None else number(row.expected, ".1f"),
        "share": "–" if row.share_as_low is None else number(row.share_as_low * 100, ".1f"),
        "state": {"code": VERDICT_CODES[row.verdict], "word": row.verdict.label},
    }


def _as_csv(overdue: Sequence[OverdueItem]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for one in overdue:
        since = one.since.isoformat() if one.since else ""
        writer.writerow([harmless(text) for text in (one.site, one.participant, one.form, one.what, since)])
    return buffer.getvalue().encode()


def missing_pages(admin_view: Any) -> list[URLPattern]:
    """The addresses, for the site's list of addresses; `admin_view` asks who is signed in."""
    return [
        path("missing/", admin_view(missing_page), name="missing"),
        path("missing/overdue.csv", admin_view(missing_export), name="missing_export"),
        path("missing/sites/", admin_view(compare_sites_page), name="compare_sites"),
    ]
