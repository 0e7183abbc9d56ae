"""The course figures: means with their intervals and numbers; nothing is drawn of nothing."""

import re
from typing import Any

from reports.rendering.figures.daily_course import draw_daily_course
from reports.rendering.grids import lay_out
from reports.rendering.wording import difference_text, mean_text, p_value_text
from reports.tables.outcomes import outcomes
from tests.unit.reports.courses import frames_of, make_days
from tests.unit.reports.snapshots import make_plan


def make_table() -> dict[str, Any]:
    ratios = {"1": 100.0, "2": 120.0, "3": 140.0, "4": 90.0, "5": 130.0, "6": 150.0}
    days = [
        row for code, base in ratios.items() for row in make_days(code, {0: base, 7: base + 10 * int(code)})
    ]
    return outcomes(frames_of({code: "AB"[int(code) % 2] for code in ratios}, days=days), make_plan())


def draw(measure: str = "pf_ratio") -> Any:
    return draw_daily_course(make_table(), measure=measure, name="PaO2/FiO2, mmHg", arms=["A", "B"])


def test_the_course_says_its_means_and_numbers_and_is_the_same_bytes_again() -> None:
    drawing = draw()

    assert drawing.description.startswith(
        "Arm A: 120 on day 0 (n 3), 160 on day 7 (n 3); Arm B: 123.3 on day 0"
    )
    assert drawing.svg == draw().svg
    assert "style=" not in drawing.svg
    assert {"n, Arm A", "n, Arm B", "3"} <= set(re.findall(r"<text[^>]*>([^<]*)</text>", drawing.svg))


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw("sofa_total") is None


def test_a_mean_is_written_with_interval_median_and_of_how_many() -> None:
    cell = {
        "mean": 120.0, "sd": 20.0, "median": 118.0, "q1": 110.0, "q3": 131.0, "count": 20, "denominator": 21,
        "mean_ci_low": 110.6, "mean_ci_high": 129.4,
    }  # fmt: skip

    text = mean_text(cell).replace("\u00a0", " ")

    assert text == "120 (110.6 to 129.4), SD 20; median 118 (110 to 131); n = 20 of 21"


def test_a_difference_in_its_own_unit_is_no_percentage() -> None:
    found = {
        "difference": -12.34,
        "ci_low": -30.0,
        "ci_high": 5.3,
        "unit": "mmHg",
        "p_value": 0.18,
        "test": "ancova",
    }

    assert difference_text(found).replace("\u00a0", " ") == "\u221212.3 mmHg (\u221230.0 to 5.3)"
    assert p_value_text(found).replace("\u00a0", " ") == "0.180 A"


def test_the_grid_names_both_kinds_of_difference() -> None:
    (grid,) = lay_out(make_table())

    assert any("rank-sum" in note for note in grid.notes)
    assert any("Newcombe" in note for note in grid.notes)
