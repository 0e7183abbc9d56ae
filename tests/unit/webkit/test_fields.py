"""Input, refusals and redisplay of the fields of forms."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from webkit.admin.fields import DayField, MomentField, NumberInput, PartialDateField, YesNoField


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (["", "", "", ""], ""),
        (["", "", "2020", ""], "2020"),
        (["", "4", "2020", ""], "2020-04"),
        (["6", "04", "2020", ""], "2020-04-06"),
        (["06", "04", "2020", "3:40"], "2020-04-06T03:40"),
        (["06", "04", "2020", "0340"], "2020-04-06T03:40"),
        (["06", "04", "2020", "3h40"], "2020-04-06T03:40"),
        (["06", "04", "2020", "3h"], "2020-04-06T03:00"),
        ([" 6 ", " 4 ", " 2020 ", " 23:59 "], "2020-04-06T23:59"),
        (
            ["\uff10\uff16", "\uff10\uff12", "\u0662\u0660\u0662\u0660", "\u0660\u0663:\u0664\u0660"],
            "2020-02-06T03:40",
        ),
    ],
)
def test_partial_date_is_read_as_far_as_it_is_known(typed: list[str], read: str) -> None:
    assert PartialDateField(required=False).clean(typed) == read


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["6", "4", "", ""], "at least the year"),
        (["6", "4", "20", ""], "“20” is not a year; write it with four digits"),
        (["6", "", "2020", ""], "A day needs its month"),
        (["", "4", "2020", "03:40"], "a time needs its day"),
        (["six", "4", "2020", ""], "“six” is not a number"),
        (["6", "4", "2020", "noon"], "“noon” is not a time"),
        (["²", "4", "2020", ""], "“²” is not a number"),
        (["6", "4", "2020²", ""], "four digits"),
    ],
)
def test_partial_date_that_cannot_be_read_says_why(typed: list[str], words: str) -> None:
    with pytest.raises(ValidationError, match=words), translation.override("en"):
        PartialDateField(required=False).clean(typed)


@pytest.mark.parametrize("text", ["2020", "2020-04", "2020-04-06", "2020-04-06T03:40"])
def test_partial_date_is_shown_again_as_it_was_typed(text: str) -> None:
    field = PartialDateField(required=False)

    assert field.clean(field.widget.decompress(text)) == text


def test_moment_is_read_in_the_zone_of_the_page() -> None:
    with timezone.override(ZoneInfo("Europe/Paris")):
        moment = MomentField().clean(["6", "4", "2020", "03:40"])

    assert moment == datetime(2020, 4, 6, 1, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed", [["6", "4", "2020", ""], ["31", "4", "2020", "03:40"], ["6", "4", "2020", "25:00"]]
)
def test_moment_that_is_not_exact_or_not_possible_is_refused(typed: list[str]) -> None:
    with pytest.raises(ValidationError):
        MomentField().clean(typed)


def test_day_is_a_whole_day() -> None:
    assert DayField().clean(["6", "4", "2020"]) == date(2020, 4, 6)


@pytest.mark.parametrize(("typed", "meant"), [("True", True), ("False", False), ("", None), (None, None)])
def test_not_known_is_not_no(typed: str | None, meant: bool | None) -> None:
    assert YesNoField().clean(typed) is meant


def test_number_may_be_typed_with_a_comma() -> None:
    assert NumberInput().value_from_datadict({"rate": " 0,12 "}, {}, "rate") == "0.12"


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("fr", Decimal("0.12"), "0,12"),
        ("fr", "-3.5", "-3,5"),
        ("fr", "1.2.3", "1.2.3"),
        ("fr", "12.", "12."),
        ("fr", 80, "80"),
        ("fr", "", None),
        ("en", Decimal("0.12"), "0.12"),
    ],
)
def test_number_is_shown_with_the_comma_of_the_language(language: str, value: Any, shown: str | None) -> None:
    with translation.override(language):
        assert NumberInput().format_value(value) == shown


def test_number_shown_with_a_comma_comes_back_unchanged() -> None:
    with translation.override("fr"):
        shown = NumberInput().format_value(Decimal("0.12"))

    assert not forms.DecimalField(widget=NumberInput).has_changed(Decimal("0.12"), sent(shown))


def sent(shown: str | None) -> Any:
    return NumberInput().value_from_datadict({"rate": shown}, {}, "rate")
