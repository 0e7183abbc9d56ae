"""The open report's figures show a blinded reader nothing that their tables with withheld cells do not show."""

import json
import re
from typing import Any

import pytest

from reports.documents import document_of
from reports.rendering.figures.steps import panels_of
from reports.rendering.html import html_bytes
from reports.rendering.identity import figure_identity
from reports.rendering.page import Page, page_of
from tests.unit.reports.figure_marks import DATA, figures_of, mark_faults, marks_of, twins_of
from tests.unit.reports.golden_reports import expected, snapshot

Cell = dict[str, Any]
Document = dict[str, Any]
NOTHING = ("count", "denominator", "percent", "ci_low", "ci_high")
SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
FILTERED = ("site", "soc", "class", "arm")
RARE = "Sinus tachycardia"


def is_drawn_and_small(table_id: str, cell: Cell) -> bool:
    """A cell of a figure's twin, chosen so that each kind of mark loses some."""
    measure, level, window = cell["measure"], cell["level"], cell["window"]
    return {
        "ae_by_soc_term": cell.get("term") == RARE,
        "ae_overview": measure in ("ae_by_grade", "participants_with_sae") and window == "D0-D14",
        "deaths": measure == "probability_of_death",
        "haemodynamic_course": measure == "map_mmhg" and level != "+30 min",
        "haemodynamics": measure == "infusions_with_finding",
        "outcomes": measure == "pf_ratio",
    }.get(table_id, False)


def without(cell: Cell) -> Cell:
    """The cell as an open report withholds it."""
    kept = {name: cell[name] for name in ("window", "measure", "level", "arm", "soc", "term") if name in cell}
    return kept | dict.fromkeys(NOTHING) | {"withheld": True}


def with_rare_term(cells: list[Cell]) -> list[Cell]:
    """The cells of classes and terms, with a rare term of another class beside the one that there is."""
    rare = {"soc": "Cardiac disorders", "term": RARE, "count": 1}
    return [*cells, *(cell | rare for cell in cells if cell["term"] is not None)]


@pytest.fixture(scope="module")
def document() -> Document:
    """An open report in which cells of every figure's twin are withheld."""
    whole = document_of(snapshot("open"))
    for table in whole["tables"]:
        cells = with_rare_term(table["cells"]) if table["id"] == "ae_by_soc_term" else table["cells"]
        table["cells"] = [without(cell) if is_drawn_and_small(table["id"], cell) else cell for cell in cells]
    return whole


@pytest.fixture(scope="module")
def opened(document: Document) -> Page:
    return page_of(document)


def test_no_mark_shows_what_its_table_withholds(document: Document, opened: Page) -> None:
    withheld = {
        figure_identity(c) for table in document["tables"] for c in table["cells"] if c.get("withheld")
    }
    shown = {mark.data.get("key") for figure in figures_of(opened) for mark in marks_of(figure.svg)}

    assert len(withheld) > 10
    assert len(shown) > 10
    assert shown & withheld == set()
    assert not any(RARE in figure.svg for figure in figures_of(opened))
    assert list(mark_faults(opened)) == []


def test_a_bar_of_which_a_part_is_withheld_and_its_curve_are_not_drawn(opened: Page) -> None:
    figures = {figure.id: figure for figure in figures_of(opened)}

    assert "figure-death-curve" not in figures
    assert "D0 to D14" not in figures["figure-grades"].svg
    assert "D0 to D14" not in figures["figure-grades"].description


def test_open_figures_are_filtered_by_what_their_tables_print_and_never_by_site_or_arm(opened: Page) -> None:
    figures = [*figures_of(opened), *(profile.figure for profile in opened.profiles)]
    for figure in figures:
        printed = {row.label for grid in twins_of(opened, figure) for row in grid.rows}
        values = [(name, value) for name, value in DATA.findall(figure.svg) if name in FILTERED]

        assert values or figure.id != "figure-terms"
        assert {name for name, _ in values} <= {"soc"}
        assert {value for _, value in values} <= printed

    assert not re.search(r"\bdata-(?:site|arm|class)=|Arm [A-Z]\b", html_bytes(opened).decode())


def test_figures_have_no_other_attributes_that_speak(opened: Page) -> None:
    svgs = " ".join(SVG.findall(html_bytes(opened).decode()))

    assert set(re.findall(r"\s(data-[a-z]+|aria-[a-z]+)=", svgs)) <= {
        "data-key",
        "data-soc",
        "aria-labelledby",
    }


def test_closed_lanes_are_filtered_by_site_and_arm() -> None:
    """The other way round: what the open report lacks is there for the board."""
    timeline = next(t for t in json.loads(expected("closed"))["tables"] if t["id"] == "timeline")

    assert {"site", "arm"} <= set(timeline["rows"][0])
    assert {"site", "arm"} <= {column["id"] for column in timeline["columns"]}


def test_curve_of_which_a_value_is_withheld_is_left_out() -> None:
    cell = {"measure": "m", "arm": "total", "level": "D14", "window": None, "withheld": True}
    curve = {
        "measure": "m",
        "label": "M",
        "arm": "total",
        "unit": "%",
        "last_day": 14,
        "points": [],
        "at_risk": [],
    }

    assert panels_of({"cells": [cell], "curves": [curve]}) == []
    assert len(panels_of({"cells": [], "curves": [curve]})) == 1
