"""Curves and the volcano: every value that a figure shows stands in its table, the same bytes each time."""

import re
from datetime import date
from functools import cache
from typing import Any

import pytest

from reports.rendering.figures.death_curve import draw_death_curve
from reports.rendering.figures.first_events import draw_first_events
from reports.rendering.figures.mean_events import draw_mean_events
from reports.rendering.figures.registry import FigureMaterial, drawings
from reports.rendering.figures.volcano import LABELLED, draw_volcano
from reports.rendering.wording import cell_text, p_value_text
from reports.tables.deaths import deaths
from reports.tables.mean_cumulative_events import mean_cumulative_events
from reports.tables.time_to_first_event import time_to_first_event
from tests.unit.dsmb.board_documents import make_comparison, make_table
from tests.unit.reports.test_tables_over_time import PLAN, ward

ARMS = ["A", "B"]
DRAWN = [
    (draw_death_curve, deaths),
    (draw_first_events, time_to_first_event),
    (draw_mean_events, mean_cumulative_events),
]


@cache
def drawn(draw: Any, make: Any) -> tuple[dict[str, Any], Any]:
    """The table of the ward and its figure, drawn once for all tests."""
    table = make(ward(), PLAN)
    return table, draw(table, arms=ARMS)


def texts_of(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


@pytest.mark.parametrize(("draw", "make"), DRAWN)
def test_description_holds_every_value_of_the_table_as_the_table_writes_it(draw: Any, make: Any) -> None:
    table, drawing = drawn(draw, make)

    assert drawing.table_id == table["id"]
    shown = [c for c in table["cells"] if "estimate" in c and c["arm"] != "total"]
    assert shown
    for cell in shown:
        assert cell_text(cell) in drawing.description


@pytest.mark.parametrize(("draw", "make"), DRAWN)
def test_figure_is_the_same_bytes_each_time_and_without_style_attributes(draw: Any, make: Any) -> None:
    table, first = drawn(draw, make)

    second = draw(table, arms=ARMS)

    assert first == second
    assert "style=" not in first.svg


def test_numbers_at_risk_stand_below_each_curve() -> None:
    table, drawing = drawn(draw_death_curve, deaths)

    numbers = texts_of(drawing.svg)
    assert [numbers.count(text) for text in ("Arm A", "Arm B")] == [2, 2]  # legend and row
    a = [str(point["at_risk"]) for point in table["curves"][0]["at_risk"]]
    assert a == ["4", "4", "3", "2", "2"]
    assert set(a) <= set(numbers)


def test_open_report_draws_the_total_alone() -> None:
    plan = PLAN.opened()

    drawing = draw_first_events(time_to_first_event(ward(), plan), arms=[])

    assert drawing is not None
    assert "Total" in texts_of(drawing.svg)
    assert "Arm A" not in drawing.description


@pytest.mark.parametrize("draw", [draw_death_curve, draw_first_events, draw_mean_events])
def test_table_without_curves_gives_no_figure(draw: Any) -> None:
    assert draw({}, arms=ARMS) is None
    assert draw(make_table(), arms=ARMS) is None


def term(name: str, difference: float, p_value: float | None, flag: bool = False) -> dict[str, Any]:
    return make_comparison(
        measure="participants",
        soc="Class",
        term=name,
        risk_difference=difference,
        p_value=p_value,
        fdr_flag=flag,
    )


def test_volcano_names_the_flagged_first_and_says_so() -> None:
    comparisons = [term(f"Term {i:02}", i / 100, 0.01) for i in range(LABELLED)]
    table = make_table(id="ae_by_soc_term", comparisons=[*comparisons, term("Sepsis", 0.4, 0.02, flag=True)])

    drawing = draw_volcano(table)

    assert drawing is not None
    assert "flagged: Sepsis" in drawing.description
    named = [text for text in texts_of(drawing.svg) if text == "Sepsis" or text.startswith("Term ")]
    assert len(named) == LABELLED
    assert "Sepsis" in named


def test_volcano_leaves_out_what_has_no_p_value_and_survives_a_tiny_one() -> None:
    table = make_table(comparisons=[term("Unknown", 0.1, None), term("Certain", 0.9, 0.0)])

    drawing = draw_volcano(table)

    assert drawing is not None
    assert drawing.description.startswith("1 terms; none is flagged")


def test_volcano_of_an_open_report_is_not_drawn() -> None:
    assert draw_volcano(make_table(comparisons=[])) is None


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ({"unit": "%", "estimate": 0.19, "ci_low": 0.077, "ci_high": 0.421, "at_risk": 17},
         "19.0\u00a0% (7.7 to 42.1), 17 at risk"),
        ({"unit": "%", "estimate": 0.0, "ci_low": None, "ci_high": None, "at_risk": 24, "zero_upper_limit": 0.117},
         "0.0\u00a0% (≤ 11.7\u00a0%), 24 at risk"),
        ({"unit": "%", "estimate": None, "at_risk": 0}, "not reached"),
        ({"unit": "events per participant", "estimate": 1.849, "ci_low": 1.2, "ci_high": 2.8, "at_risk": 9},
         "1.85 (1.20 to 2.80), 9 at risk"),
        ({"unit": "per 100 person-days", "estimate": 0.0714, "ci_low": 0.05, "ci_high": 0.1, "count": 42,
          "exposure": 588}, "42 in 588\u00a0days: 7.14 (5.00 to 10.00)"),
        ({"unit": "per 100 person-days", "estimate": None, "count": 0, "exposure": 0},
         "0 in 0\u00a0days, no time at risk"),
    ],
)  # fmt: skip
def test_estimates_are_written_with_their_limits_and_what_they_rest_on(
    cell: dict[str, Any], text: str
) -> None:
    assert cell_text(cell) == text


def test_flagged_term_carries_a_dagger_beside_its_p_value() -> None:
    assert p_value_text(term("Sepsis", 0.4, 0.02, flag=True)) == "0.020\u00a0F†"
    assert p_value_text(term("Fever", 0.4, 0.02)) == "0.020\u00a0F"


def test_every_pair_of_three_arms_has_its_figures():
    pairs = [("A", "C"), ("B", "C"), ("A", "B")]
    place = {"window": None, "measure": "participants", "level": None, "soc": "Cardiac", "term": "Arrest"}
    cells = [{**place, "arm": arm, "count": 2, "denominator": 9, "percent": 22.2} for arm in "ABC"]
    numbers = {"risk_difference": 0.1, "ci_low": -0.1, "ci_high": 0.3, "p_value": 0.2, "test": "fisher"}
    compared = [{**place, **numbers, "arm": arm, "reference": other} for arm, other in pairs]
    table = make_table(id="ae_by_soc_term", cells=cells, comparisons=compared)

    drawn = drawings(FigureMaterial({"ae_by_soc_term": table}, ("A", "B", "C"), (), date(2020, 5, 1)))

    assert [drawing.id for drawing in drawn] == [
        f"figure-{name}{pair}" for name in ("terms", "volcano") for pair in ("", "-B-C", "-A-B")
    ]
    assert all("B − C" in drawing.title or "B − C" in drawing.description for drawing in drawn[1::3])
