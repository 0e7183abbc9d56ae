"""The format of figures."""

import pytest

from reports.rendering.wording import (
    cell_text,
    cutoff_text,
    day_text,
    decimal_text,
    difference_text,
    p_value_text,
    share_text,
    short_count_text,
)
from tests.unit.dsmb.board_documents import make_cell, make_comparison

SPACE = "\u00a0"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (make_cell(), f"6/21 (28.6{SPACE}%)"),
        (make_cell(count=0, denominator=57, percent=0.0, ci_high=0.0627), f"0/57, at most 6.3{SPACE}%"),
        (make_cell(count=21, percent=100.0, ci_low=0.8389), f"21/21, at least 86.7{SPACE}%"),
        (make_cell(count=1999, denominator=2000, percent="> 99.9"), f"1999/2000 (>{SPACE}99.9{SPACE}%)"),
        (make_cell(count=1, denominator=3000, percent="< 0.1"), f"1/3000 (<{SPACE}0.1{SPACE}%)"),
        (make_cell(count=0, denominator=99999, percent=0.0, ci_high=0.00004), f"0/99999, at most <{SPACE}0.1{SPACE}%"),
        (make_cell(count=0, percent=0.0, ci_high=None), f"0/21 (0.0{SPACE}%)"),
        (make_cell(level="MISSING", count=4, denominator=None, percent=None), "4"),
        (make_cell(count=0, denominator=0, percent=None), "0/0, not evaluable"),
        (make_cell(count=None, percent=None), "not recorded"),
        (make_cell(withheld=True, count=None), "withheld"),
        (make_cell(count=20, median=63.5, q1=55.0, q3=70.25, unit="years"),
         f"63.5{SPACE}years (55 to 70.3), n{SPACE}={SPACE}20"),
        (make_cell(count=20, mean=63.5, sd=None), f"63.5 (SD not recorded), n{SPACE}={SPACE}20"),
        (None, "–"),
    ],
)  # fmt: skip
def test_cell_is_written_with_its_denominator_or_its_limit(cell, text):
    assert cell_text(cell) == text


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (0.05, 1, "0.1"),
        (-0.04, 1, "0.0"),
        (-2.25, 1, "\u22122.3"),
        (12345.0, 0, "12\u202f345"),
        (28.55, 1, "28.6"),
    ],
)
def test_decimals_are_rounded_half_up_without_a_negative_zero(value, places, text):
    assert decimal_text(value, places) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (make_cell(), f"6/21 (28.6{SPACE}%)"),
        (make_cell(count=0, denominator=57, percent=0.0, zero_upper_limit=0.0512), f"0/57 (≤ 5.1{SPACE}%)"),
        (make_cell(count=21, percent=100.0, ci_low=0.8389), f"21/21 (≥ 86.7{SPACE}%)"),
        (None, "–"),
    ],
)
def test_cell_is_written_shortly_where_columns_are_narrow(cell, text):
    assert short_count_text(cell) == text


def test_one_sided_limit_of_a_zero_goes_before_its_two_sided_one():
    cell = make_cell(count=0, denominator=57, percent=0.0, ci_high=0.0627, zero_upper_limit=0.0512)

    assert cell_text(cell) == f"0/57, at most 5.1{SPACE}%"


@pytest.mark.parametrize(("denominator", "text"), [(11, "10 of 11"), (None, "10")])
def test_share_of_the_trial_is_written_without_a_limit(denominator, text):
    assert share_text(make_cell(count=10, denominator=denominator)) == text


def test_difference_is_written_in_points_with_its_interval():
    assert difference_text(make_comparison()) == "3.6 (\u221221.2 to 28.6)"


@pytest.mark.parametrize(
    "comparison", [None, make_comparison(risk_difference=None)], ids=["no comparison", "no difference"]
)
def test_absent_difference_is_a_dash(comparison):
    assert difference_text(comparison) == "–"


@pytest.mark.parametrize(
    ("value", "test", "text"),
    [
        (0.00099, "fisher", f"<{SPACE}0.001{SPACE}F"),
        (0.001, "fisher", f"0.001{SPACE}F"),
        (0.4689, "chi2", f"0.469{SPACE}χ²"),
        (1.0, None, "1.000"),
        (None, "fisher", "–"),
    ],
)
def test_p_value_names_its_test(value, test, text):
    assert p_value_text(make_comparison(p_value=value, test=test)) == text


def test_comparison_without_a_method_says_that_there_are_too_few():
    nobody = make_comparison(risk_difference=None, ci_low=None, ci_high=None, p_value=None, test=None)

    assert difference_text(nobody) == difference_text({"too_few": True}) == "too few to compare"


def test_cutoff_is_written_in_utc():
    assert cutoff_text("2020-04-06T03:40:00+02:00") == "06 Apr 2020, 01:40 UTC"


@pytest.mark.parametrize(("given", "text"), [("2020-04-06", "06 Apr 2020"), ("2020-04", "2020-04")])
def test_day_keeps_a_partial_date_as_it_is(given, text):
    assert day_text(given) == text
