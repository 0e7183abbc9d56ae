"""The geometry of the picture of the hours after an infusion."""

import pytest

from haemodynamics.admin.vital_sign_charts import (
    GUTTER_LEFT,
    GUTTER_RIGHT,
    WIDTH,
    CriterionMark,
    StripSeries,
    draw,
)


def picture(**changes: object):
    series = changes.pop("series", [StripSeries("Mean pressure", "mmHg", ((-10, 70), (0, 60), (30, 80)))])
    flags = changes.pop("flags", [])
    return draw(series, flags, **{"infusion_minutes": 60, "window_minutes": 360, **changes})


def test_time_runs_from_left_to_right_inside_the_gutters() -> None:
    xs = [float(point.x) for point in picture().strips[0].points]

    assert GUTTER_LEFT < xs[0] < xs[1] < xs[2] < WIDTH - GUTTER_RIGHT


def test_infusion_starts_at_minute_zero() -> None:
    drawn = picture()

    assert drawn.infusion_x == drawn.strips[0].points[1].x == drawn.x_ticks[0].at


def test_higher_values_lie_higher() -> None:
    low, high = (float(point.y) for point in picture().strips[0].points[1:])

    assert high < low


@pytest.mark.parametrize("minute", [-31, 376, 10_000])
def test_reading_outside_the_picture_is_left_to_the_table(minute: float) -> None:
    strip = picture(series=[StripSeries("SpO₂", "%", ((minute, 95), (0, 94)))]).strips[0]

    assert [point.label for point in strip.points] == ["94 %"]


def test_threshold_is_inside_its_strip_also_when_no_reading_comes_near() -> None:
    strip = picture(
        series=[StripSeries("Norepinephrine", "µg/min", ((0, 2),), ((10, "threshold 10"),), is_steps=True)]
    ).strips[0]
    top = float(strip.top)

    assert top <= float(strip.thresholds[0].at) <= top + float(strip.height)


def test_rate_is_held_until_the_next_reading() -> None:
    strip = picture(
        series=[StripSeries("Norepinephrine", "µg/min", ((0, 2), (60, 4)), is_steps=True)]
    ).strips[0]

    assert "H" in strip.path
    assert "L" not in strip.path


def test_series_without_readings_is_drawn_empty() -> None:
    strip = picture(series=[StripSeries("Heart rate", "/min", ())]).strips[0]

    assert (strip.path, strip.points) == ("", ())


def test_constant_series_has_a_scale() -> None:
    low, high = picture(series=[StripSeries("PEEP", "cmH₂O", ((0, 12), (60, 12)))]).strips[0].y_ticks

    assert float(low.label) < float(high.label)


def test_words_of_a_late_flag_are_written_to_its_left() -> None:
    marks = picture(flags=[CriterionMark(30, "early"), CriterionMark(330, "late")]).flags

    assert [mark.anchor for mark in marks] == ["start", "end"]


def test_same_readings_give_the_same_picture() -> None:
    assert picture() == picture()


def test_value_that_was_not_read_is_a_gap_in_a_line() -> None:
    strip = picture(
        series=[StripSeries("SpO₂", "%", ((0, 95), (30, 94), (60, None), (90, 93), (120, 92)))]
    ).strips[0]

    assert strip.path.count("M") == 2
    assert strip.path.count("L") == 2
    assert len(strip.points) == 4


def test_rate_that_is_not_known_is_neither_the_rate_before_nor_zero() -> None:
    series = StripSeries("Norepinephrine", "µg/min", ((0, 4), (60, None), (120, 6)), is_steps=True)

    strip = picture(series=[series]).strips[0]

    assert strip.path.count("M") == 2
    assert "H" not in strip.path
    assert [point.label for point in strip.points] == ["4 µg/min", "6 µg/min"]


def test_check_that_nobody_made_is_a_gap() -> None:
    series = StripSeries("Heart rate", "/min", ((0, 80), (60, 82))).with_gaps([30])

    assert picture(series=[series]).strips[0].path.count("M") == 2


def test_rate_that_cannot_be_converted_is_a_mark_with_its_words() -> None:
    series = StripSeries(
        "Norepinephrine", "µg/min", ((60, None),), is_steps=True, marks=((60, "0.4 µg/kg/min: salt"),)
    )

    strip = picture(series=[series]).strips[0]

    assert strip.points == ()
    assert [mark.label for mark in strip.marks] == ["0.4 µg/kg/min: salt"]


@pytest.mark.parametrize(
    ("hours", "labels"),
    [
        (1, ["0 h", "1 h"]),
        (4, ["0 h", "1 h", "2 h", "3 h", "4 h"]),
        (48, [f"{h} h" for h in range(0, 49, 6)]),
    ],
)
def test_ticks_follow_the_window_of_the_protocol(hours: int, labels: list[str]) -> None:
    assert [tick.label for tick in picture(window_minutes=hours * 60).x_ticks] == labels
