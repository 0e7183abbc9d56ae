"""Proposals without an answer, and participants with recently changed values."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from assessments.models import LaboratoryResult
from events.models import SuggestedEvent
from events.queries.measured_values import changed_participants

LOOKED_BACK = timedelta(hours=6)
"""How far back the sweep looks for values with a lost message (our own choice: longer than an outage of the broker)."""


def open_suggestions(*, trial_id: int, site_codes: frozenset[str] | None) -> QuerySet[SuggestedEvent]:
    """The unanswered proposals at the sites (None: all), the newest value first."""
    rows = SuggestedEvent.objects.open().filter(trial=trial_id).at_sites(site_codes)
    return rows.select_related("participant__site", "term", "event").order_by("-last_at", "-pk")


def participants_with_new_values(*, at: datetime) -> list[int]:
    """The participants whose laboratory results, or values of another app, changed lately (one query each)."""
    since = at - LOOKED_BACK
    rows = LaboratoryResult.objects.filter(changed_at__gte=since)
    return sorted({*rows.values_list("participant_id", flat=True), *changed_participants(since)})
