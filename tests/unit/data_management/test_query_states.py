"""What may happen to a query in each state, and how old queries are."""

from datetime import UTC, datetime, timedelta

import pytest

from data_management.choices import QueryAct, QueryState
from data_management.rules.ageing import StandingQuery, ages_by_site
from data_management.rules.query_states import act_refusals, days_open, state_after

NOON = datetime(2020, 5, 1, 12, 0, tzinfo=UTC)
COURSE = {
    ("open", "answer"): "answered",
    ("open", "close"): "closed",
    ("open", "cancel"): "cancelled",
    ("open", "resolve"): "closed",
    ("answered", "ask_again"): "open",
    ("answered", "close"): "closed",
    ("answered", "cancel"): "cancelled",
    ("answered", "resolve"): "closed",
    ("closed", "ask_again"): "open",
}


@pytest.mark.parametrize("state", QueryState)
@pytest.mark.parametrize("act", QueryAct)
def test_every_act_in_every_state(state: QueryState, act: QueryAct) -> None:
    wanted = COURSE.get((state, act))

    assert state_after(state, act) == wanted
    assert bool(act_refusals(state, act)) == (wanted is None)


def test_a_refusal_names_state_and_act() -> None:
    (refusal,) = act_refusals("closed", "answer")

    assert str(refusal) == "Query: it is Closed; “Answered” is not possible now."


@pytest.mark.parametrize(
    ("hours", "closed_after", "days"),
    [(0, None, 0), (23, None, 0), (24, None, 1), (500, 49, 2), (-5, None, 0)],
)
def test_days_open_are_whole(hours: int, closed_after: int | None, days: int) -> None:
    closed = None if closed_after is None else NOON + timedelta(hours=closed_after)

    assert days_open(raised_at=NOON, closed_at=closed, at=NOON + timedelta(hours=hours)) == days


def test_ages_by_site_count_at_their_limits_and_name_sites_without_any() -> None:
    ages = [0, 7, 8, 28, 29]
    queries = [StandingQuery("07", "open", NOON - timedelta(days=age)) for age in ages]
    queries.append(StandingQuery("07", "answered", NOON))

    empty, site = ages_by_site(["07", "01"], queries, at=NOON)

    assert (empty.site, empty.open, empty.median_days, empty.oldest_days) == ("01", 0, None, None)
    assert (site.open, site.answered) == (5, 1)
    assert (site.up_to_fresh, site.up_to_old, site.older) == (3, 2, 1)
    assert (site.median_days, site.oldest_days) == (7.5, 29)
