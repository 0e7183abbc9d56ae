"""How old the standing queries of each site are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from data_management.choices import QueryState
from data_management.rules.query_states import days_open

FRESH_DAYS, OLD_DAYS = 7, 28
"""Own choice: a week to answer; after four weeks a query is named as old."""


@dataclass(frozen=True)
class StandingQuery:
    """A query that is open or answered."""

    site: str
    state: str
    raised_at: datetime


@dataclass(frozen=True)
class SiteAges:
    """One site's standing queries. Ages are whole days since raising; None without any query."""

    site: str
    open: int
    answered: int
    up_to_fresh: int
    up_to_old: int
    older: int
    median_days: float | None
    oldest_days: int | None


def ages_by_site(
    sites: Iterable[str], queries: Iterable[StandingQuery], *, at: datetime
) -> tuple[SiteAges, ...]:
    """Every site in order, also one without queries."""
    by_site: dict[str, list[StandingQuery]] = {site: [] for site in sites}
    for query in queries:
        by_site.setdefault(query.site, []).append(query)
    return tuple(_ages(site, by_site[site], at) for site in sorted(by_site))


def _ages(site: str, queries: Sequence[StandingQuery], at: datetime) -> SiteAges:
    days = [days_open(raised_at=one.raised_at, closed_at=None, at=at) for one in queries]
    return SiteAges(
        site=site,
        open=sum(one.state == QueryState.OPEN for one in queries),
        answered=sum(one.state == QueryState.ANSWERED for one in queries),
        up_to_fresh=sum(day <= FRESH_DAYS for day in days),
        up_to_old=sum(FRESH_DAYS < day <= OLD_DAYS for day in days),
        older=sum(day > OLD_DAYS for day in days),
        median_days=median(days) if days else None,
        oldest_days=max(days, default=None),
    )
