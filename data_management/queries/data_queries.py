"""Questions about data queries: which stand, of which record, how old they are, and what a value was and is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from data_management.choices import QueryState
from data_management.models import DataQuery
from data_management.queries.subjects import plain_value, subject_models
from data_management.rules.ageing import SiteAges, StandingQuery, ages_by_site
from trials.models import Participant, Site, Trial


@dataclass(frozen=True)
class ValueThenNow:
    """What a query asks about: the value and version when it was asked, and as they stand."""

    then: Any
    then_version: int
    now: Any
    now_version: int

    @property
    def is_changed(self) -> bool:
        """Whether the value is another one now."""
        return bool(self.then != self.now)


def queried_values(queries: Iterable[DataQuery]) -> Mapping[int, ValueThenNow]:
    """Value then and now of each query, by its id. One query for each kind of record."""
    asked = list(queries)
    records: dict[tuple[str, int], Any] = {}
    for subject in {query.subject for query in asked}:
        ids = [query.subject_id for query in asked if query.subject == subject]
        rows = subject_models()[subject]._default_manager.filter(pk__in=ids)
        records |= {(subject, row.pk): row for row in rows}
    return {query.pk: _value(query, records[query.subject, query.subject_id]) for query in asked}


def _value(query: DataQuery, record: Any) -> ValueThenNow:
    now = plain_value(record, query.field_name)
    return ValueThenNow(query.value_at_raising, query.subject_version, now, record.version)


def standing_queries_of(*, subject: str, subject_id: int) -> list[DataQuery]:
    """The open and answered queries of one record, the oldest first. One query."""
    rows = DataQuery.objects.standing().of_record(subject, subject_id)
    return list(rows.select_related("participant", "site").order_by("raised_at", "pk"))


def queries_at(
    *, trial_id: int, sites: frozenset[str] | None, state: QueryState, at_most: int
) -> QuerySet[DataQuery]:
    """The oldest queries in one state at the sites (None: all)."""
    rows = DataQuery.objects.filter(trial=trial_id, state=state).at_sites(sites)
    return rows.select_related("participant", "site").order_by("raised_at", "pk")[:at_most]


def query_ages(*, trial: Trial, sites: frozenset[str] | None, at: datetime) -> tuple[SiteAges, ...]:
    """How old the standing queries of each site are. Two queries."""
    places = Site.objects.filter(trial=trial)
    places = places if sites is None else places.filter(code__in=sites)
    standing = DataQuery.objects.standing().filter(trial=trial).at_sites(sites)
    rows = standing.values_list("site__code", "state", "raised_at")
    return ages_by_site(places.values_list("code", flat=True), (StandingQuery(*row) for row in rows), at=at)


def open_queries_of(participant: Participant) -> int:
    """How many queries about a participant stand."""
    return DataQuery.objects.standing().filter(participant=participant).count()
