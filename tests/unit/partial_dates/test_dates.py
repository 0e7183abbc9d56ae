"""Partly known dates: their possible times, impossible ones, and their order."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from partial_dates import (
    ImpossibleDateError,
    PartialMoment,
    StudyDays,
    WindowMembership,
    exact_moment,
    in_window,
    local_date,
    parse_partial,
    possibly_after,
    possibly_at_or_after,
    possibly_before,
    possibly_same,
    study_day,
    surely_after,
    surely_at_or_after,
    surely_before,
)

PARIS = "Europe/Paris"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def at(text: str) -> PartialMoment:
    return parse_partial(text, "UTC")


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision"),
    [
        ("2014", "2013-12-31T23:00", "2014-12-31T22:59:59.999999", "year"),
        ("2014-01", "2013-12-31T23:00", "2014-01-31T22:59:59.999999", "month"),
        ("2020-02", "2020-01-31T23:00", "2020-02-29T22:59:59.999999", "month"),
        ("2019-02", "2019-01-31T23:00", "2019-02-28T22:59:59.999999", "month"),
        ("2020-04-06", "2020-04-05T22:00", "2020-04-06T21:59:59.999999", "day"),
        ("2020-03-29", "2020-03-28T23:00", "2020-03-29T21:59:59.999999", "day"),
        ("2020-10-25", "2020-10-24T22:00", "2020-10-25T22:59:59.999999", "day"),
        ("2020-04-06T03", "2020-04-06T01:00", "2020-04-06T01:59:59.999999", "hour"),
        ("2020-04-06T03:40", "2020-04-06T01:40", "2020-04-06T01:40:59.999999", "minute"),
        ("2020-04-06 03:40", "2020-04-06T01:40", "2020-04-06T01:40:59.999999", "minute"),
        ("2020-04-06T03:40:12", "2020-04-06T01:40:12", "2020-04-06T01:40:12.999999", "second"),
        ("2020-04-06T03:40:12.5", "2020-04-06T01:40:12.5", "2020-04-06T01:40:12.5", "second"),
        ("2020-04-06T03:40+02:00", "2020-04-06T01:40", "2020-04-06T01:40:59.999999", "minute"),
        ("2020-04-06T03:40+0200", "2020-04-06T01:40", "2020-04-06T01:40:59.999999", "minute"),
        ("2020-04-06T03:40Z", "2020-04-06T03:40", "2020-04-06T03:40:59.999999", "minute"),
        ("2020-04-06T03:40-14:00", "2020-04-06T17:40", "2020-04-06T17:40:59.999999", "minute"),
        ("2020-10-25T02:30", "2020-10-25T00:30", "2020-10-25T01:30:59.999999", "minute"),
        (" 2020-04-06 ", "2020-04-05T22:00", "2020-04-06T21:59:59.999999", "day"),
        ("1900", "1899-12-31T23:50:39", "1900-12-31T23:50:38.999999", "year"),
    ],
)
def test_parse_partial_gives_the_earliest_and_the_latest_moment(
    text: str, earliest: str, latest: str, precision: str
) -> None:
    moment = parse_partial(text, PARIS)

    assert (moment.earliest, moment.latest, moment.precision) == (utc(earliest), utc(latest), precision)
    assert moment.text == text.strip()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "dates are"),
        ("yesterday", "dates are"),
        ("06/04/2020", "dates are"),
        ("2020-4-6", "dates are"),
        ("20200406", "dates are"),
        ("2020-04-06T", "dates are"),
        ("2020-04-06T3:40", "dates are"),
        ("2020-04-06T03:40+2", "dates are"),
        ("²020", "dates are"),
        ("1899", "between 1900 and 2100"),
        ("2101", "between 1900 and 2100"),
        ("2020-00", "between 01 and 12"),
        ("2020-13", "between 01 and 12"),
        ("2020-04-00", "2020-04 has 30 days"),
        ("2020-04-31", "2020-04 has 30 days"),
        ("2019-02-29", "2019-02 has 28 days"),
        ("1900-02-29", "1900-02 has 28 days"),
        ("2020-04-06T24:00", "between 00:00:00 and 23:59:59"),
        ("2020-04-06T23:60", "between 00:00:00 and 23:59:59"),
        ("2020-04-06T23:59:60", "between 00:00:00 and 23:59:59"),
        ("2020-03-29T02:30", "skip this time"),
        ("2020-04-06T03:40+14:01", "an offset lies"),
        ("2020-04-06T03:40-02:60", "an offset lies"),
    ],
)
def test_parse_partial_refuses_with_field_value_and_rule(text: str, rule: str) -> None:
    with pytest.raises(ImpossibleDateError) as refused:
        parse_partial(text, PARIS, field="Onset")

    sentence = str(refused.value)
    assert sentence.startswith("Onset: ")
    assert sentence.endswith(".")
    assert f"“{text}”" in sentence
    assert rule in sentence
    assert [refusal.field for refusal in refused.value.refusals] == ["Onset"]


def test_a_skipped_wall_time_with_its_offset_is_a_moment() -> None:
    assert parse_partial("2020-03-29T02:30+01:00", PARIS).earliest == utc("2020-03-29T01:30")


@pytest.mark.parametrize(
    ("text", "has_time"), [("2020", False), ("2020-04-06", False), ("2020-04-06T03", True)]
)
def test_has_time(text: str, has_time: bool) -> None:
    assert at(text).has_time is has_time


def test_exact_moment_is_that_instant_in_utc() -> None:
    moment = exact_moment(datetime(2020, 4, 6, 3, 40, tzinfo=timezone(timedelta(hours=2))))

    assert moment.earliest == moment.latest == utc("2020-04-06T01:40")


def test_exact_moment_without_offset_is_refused() -> None:
    with pytest.raises(ImpossibleDateError, match="carries its offset"):
        exact_moment(datetime(2020, 4, 6, 3, 40))  # noqa: DTZ001


ORDER = [
    # one, other: certainly before, possibly before, certainly after, possibly after, possibly same
    ("2020-04-05", "2020-04-06", (True, True, False, False, False)),
    ("2020-04-06", "2020-04-06", (False, True, False, True, True)),
    ("2020-04", "2020-04-06", (False, True, False, True, True)),
    ("2020-03", "2020-04-06", (True, True, False, False, False)),
    ("2020-04-07", "2020-04-06", (False, False, True, True, False)),
    ("2020-04-06T10:00", "2020-04-06T10:01", (True, True, False, False, False)),
    ("2020-04-06T10:00", "2020-04-06", (False, True, False, True, True)),
    ("2020-04-06T10:00:00.0", "2020-04-06T10:00:00.0", (False, False, False, False, True)),
]


@pytest.mark.parametrize(("one", "other", "expected"), ORDER)
def test_order_of_partial_moments(one: str, other: str, expected: tuple[bool, ...]) -> None:
    pair = (at(one), at(other))

    found = [f(*pair) for f in (surely_before, possibly_before, surely_after, possibly_after, possibly_same)]

    assert tuple(found) == expected


@pytest.mark.parametrize(
    ("one", "other", "surely", "possibly"),
    [
        ("2020-04-05", "2020-04-06T10:00", False, False),
        ("2020-04-06", "2020-04-06T10:00", False, True),
        ("2020-04", "2020-04-06T10:00", False, True),
        ("2020-04-07", "2020-04-06T10:00", True, True),
        ("2020-04-06T10:00:00.0", "2020-04-06T10:00:00.0", True, True),
    ],
)
def test_at_or_after_with_partial_moments(one: str, other: str, surely: bool, possibly: bool) -> None:
    assert surely_at_or_after(at(one), at(other)) is surely
    assert possibly_at_or_after(at(one), at(other)) is possibly


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2020-04-06", 0, 0),
        ("2020-04-05", -1, -1),
        ("2020-04-20", 14, 14),
        ("2020-04-06T00:00", 0, 0),
        ("2020-04-06T23:59", 0, 0),
        ("2020-04-05T22:00Z", 0, 0),
        ("2020-04-05T21:59Z", -1, -1),
        ("2020-04", -5, 24),
        ("2020", -96, 269),
    ],
)
def test_study_day_counts_calendar_days_of_the_zone(text: str, earliest: int, latest: int) -> None:
    days = study_day(date(2020, 4, 6), parse_partial(text, PARIS), PARIS)

    assert (days.earliest, days.latest, days.is_certain) == (earliest, latest, earliest == latest)


@pytest.mark.parametrize(
    ("days", "first", "last", "expected"),
    [
        ((0, 0), 0, 14, WindowMembership.INSIDE),
        ((14, 14), 0, 14, WindowMembership.INSIDE),
        ((15, 15), 0, 14, WindowMembership.OUTSIDE),
        ((-1, -1), 0, 14, WindowMembership.OUTSIDE),
        ((15, 15), 15, 28, WindowMembership.INSIDE),
        ((14, 15), 0, 14, WindowMembership.UNDECIDED),
        ((-1, 0), 0, 14, WindowMembership.UNDECIDED),
        ((-5, 24), 0, 14, WindowMembership.UNDECIDED),
        ((15, 300), 15, None, WindowMembership.INSIDE),
        ((14, 300), 15, None, WindowMembership.UNDECIDED),
        ((3, 14), 15, None, WindowMembership.OUTSIDE),
    ],
)
def test_in_window_keeps_the_unknown_apart(
    days: tuple[int, int], first: int, last: int | None, expected: WindowMembership
) -> None:
    assert in_window(StudyDays(*days), first, last) is expected


def test_local_date_is_the_day_of_the_zone() -> None:
    assert local_date(utc("2020-04-05T22:00"), PARIS) == date(2020, 4, 6)


@pytest.mark.parametrize(
    ("text", "zone"), [("0001-01-01T00:00", "America/New_York"), ("9999-12-31T23:59", PARIS)]
)
def test_local_date_at_the_ends_of_the_calendar_is_a_day(text: str, zone: str) -> None:
    assert local_date(utc(text), zone) == utc(text).date()
