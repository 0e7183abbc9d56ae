"""The format of days, times and durations."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from webkit.admin import display


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        ("2020", "2020", "2020"),
        ("2020-04", "Apr 2020", "avr. 2020"),
        ("2020-04-06", "06 Apr 2020", "06 avr. 2020"),
        ("2020-04-06T03:40", "06 Apr 2020 03:40", "06 avr. 2020 03:40"),
        ("2020-04-06T03:40+02:00", "06 Apr 2020 03:40", "06 avr. 2020 03:40"),
        ("2020-05-01", "01 May 2020", "01 mai 2020"),
    ],
)
def test_partial_date_is_written_as_far_as_it_is_known(text: str, english: str, french: str) -> None:
    with translation.override("en"):
        assert display.partial(text) == english
    with translation.override("fr"):
        assert display.partial(text) == french


@pytest.mark.parametrize(
    ("sentence", "english", "french"),
    [
        ("End: 2020-04-06 is", "End: 06 Apr 2020 is", "End: 06 avr. 2020 is"),
        ("At (2020-04-06T03:40:00+00:00)", "At (06 Apr 2020 05:40)", "At (06 avr. 2020 05:40)"),
        ("At 2020-04-06 03:40:00+02:00 is", "At 06 Apr 2020 03:40 is", "At 06 avr. 2020 03:40 is"),
        ("In 2020-04; day 2020-02-31", "In Apr 2020; day 2020-02-31", "In avr. 2020; day 2020-02-31"),
        ("“2020-04-06” and « 2020-04 »", "“2020-04-06” and « 2020-04 »", "“2020-04-06” and « 2020-04 »"),
        ("Lot 2020-041, tube 12-2020-04", "Lot 2020-041, tube 12-2020-04", "Lot 2020-041, tube 12-2020-04"),
    ],
)
def test_dates_of_a_refusal_are_written_as_on_pages(sentence: str, english: str, french: str) -> None:
    with timezone.override(ZoneInfo("Europe/Paris")):
        for language, written in (("en", english), ("fr", french)):
            with translation.override(language):
                assert display.dates_in_words(sentence) == written


def test_unknown_is_said_in_words() -> None:
    with translation.override("en"):
        assert display.partial("") == display.day(None) == display.moment(None) == "not recorded"


@pytest.mark.parametrize(
    ("span", "written"),
    [
        (timedelta(0), "0 min"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(minutes=-12), "12 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(minutes=60), "1 h 00"),
        (timedelta(hours=3, minutes=40), "3 h 40"),
        (timedelta(hours=47, minutes=59), "47 h 59"),
        (timedelta(hours=48), "2 days"),
    ],
)
def test_duration_is_written_with_its_largest_units(span: timedelta, written: str) -> None:
    with translation.override("en"):
        assert display.duration(span) == written


def test_moment_is_written_in_the_zone_of_the_page() -> None:
    with timezone.override(ZoneInfo("Europe/Paris")), translation.override("en"):
        assert display.moment(datetime(2020, 4, 5, 22, 30, tzinfo=UTC)) == "06 Apr 2020 00:30"


@pytest.mark.parametrize(
    ("on", "english", "french"),
    [(date(2020, 4, 6), "D0", "J0"), (date(2020, 4, 9), "D3", "J3"), (date(2020, 4, 5), "D−1", "J−1")],
)
def test_study_day_counts_from_day_zero(on: date, english: str, french: str) -> None:
    with translation.override("en"):
        assert display.study_day_label(date(2020, 4, 6), on) == english
    with translation.override("fr"):
        assert display.study_day_label(date(2020, 4, 6), on) == french


def test_study_day_before_randomisation_is_empty() -> None:
    assert display.study_day_label(None, date(2020, 4, 6)) == ""


@pytest.mark.parametrize(
    ("value", "form", "english", "french"),
    [
        (Decimal("37.50"), "", "37.50", "37,50"),
        (0.05, "g", "0.05", "0,05"),
        (1234567.5, ".1f", "1234567.5", "1234567,5"),
        (80, "", "80", "80"),
    ],
)
def test_number_has_the_point_or_comma_of_the_page(
    value: float | Decimal, form: str, english: str, french: str
) -> None:
    with translation.override("en"):
        assert display.number(value, form) == english
    with translation.override("fr"):
        assert display.number(value, form) == french
