"""Under-reporting of a site beside the others: by participants, with small numbers in mind."""

import pytest

from data_management.choices import SiteVerdict
from data_management.rules.reporting_rates import Followed, SiteRate, compare_sites


def followed(*events: int, days: float = 28.0) -> list[Followed]:
    return [Followed(days, count) for count in events]


def of_site(code: str, **people: list[Followed]) -> SiteRate:
    return next(row for row in compare_sites(people) if row.site == code)


USUAL = followed(*[3, 4, 2, 5, 3, 4] * 5)


def test_a_site_that_reports_nothing_beside_many_is_named() -> None:
    row = of_site("quiet", quiet=followed(0, 0, 0, 0, 0, 0), usual=USUAL)

    assert row.verdict == SiteVerdict.FEWER
    assert row.expected == pytest.approx(21.0)
    assert row.share_as_low == pytest.approx(1 / 4001)


def test_a_usual_site_is_not_named() -> None:
    row = of_site("a", a=followed(3, 4, 2, 5, 3), b=USUAL)

    assert row.verdict == SiteVerdict.AS_EXPECTED


def test_the_limits_of_the_rate_are_garwoods() -> None:
    row = of_site("a", a=followed(10, days=100.0), b=USUAL)

    assert row.rate is not None
    assert (row.rate.low * 100, row.rate.high * 100) == pytest.approx((4.795, 18.390), abs=0.001)


@pytest.mark.parametrize(
    "own",
    [[], followed(0), followed(0, 0), followed(0, 0, 0, days=4.0), followed(0, 0, 0, days=0.0)],
    ids=["nobody", "one", "two", "under three expected", "no day"],
)
def test_of_a_small_site_nothing_is_said(own: list[Followed]) -> None:
    row = of_site("small", small=own, usual=USUAL)

    assert (row.verdict, row.share_as_low) == (SiteVerdict.TOO_SMALL, None)


def test_one_site_alone_has_nobody_to_be_compared_with() -> None:
    (row,) = compare_sites({"only": USUAL})

    assert (row.expected, row.verdict) == (None, SiteVerdict.TOO_SMALL)


def test_few_participants_with_very_many_events_do_not_condemn_the_others() -> None:
    """A Poisson test of 4 against 20.3 expected would; events of one participant are not independent."""
    heavy = followed(*[0] * 27, 45, 45, 45)
    row = of_site("calm", calm=followed(1, 1, 1, 1), heavy=heavy)

    assert row.expected == pytest.approx(18.0)
    assert row.verdict == SiteVerdict.AS_EXPECTED


def test_the_answer_is_the_same_each_time() -> None:
    people = {"a": followed(1, 0, 2, 1), "b": USUAL}

    assert compare_sites(people) == compare_sites(people)
