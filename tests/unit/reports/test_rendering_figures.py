"""Figures: their content, their omissions, and independence of a machine's settings."""

import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from documents.font_files import FOLDER
from reports.rendering.figures.antibodies import draw_slopes
from reports.rendering.figures.drawing import Drawing, mark_of
from reports.rendering.figures.enrolment import draw_enrolment
from reports.rendering.figures.events import MOST_TERMS, draw_terms
from reports.rendering.figures.grades import draw_grades
from reports.rendering.figures.profile import draw_profile, hour_ticks
from reports.rendering.figures.rates import RateLine, draw_rates
from reports.rendering.figures.volcano import draw_volcano
from tests.unit.dsmb.board_documents import make_cell, make_comparison, make_table, make_tables
from tests.unit.reports.figure_marks import marks_of

ARMS = ["A", "B"]


def width_of(words: str, size: float) -> float:
    """Of words on one line in the figures' font, points; kerning makes it a little less."""
    font = TTFont(FOLDER / "DejaVuSans.ttf")
    signs, widths = font.getBestCmap(), font["hmtx"]
    return size * sum(widths[signs[ord(sign)]][0] for sign in words) / font["head"].unitsPerEm


def texts_of(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_arms_differ_by_colour_marker_and_line():
    marks = [mark_of(["A", "B", "C", "D", "E", "F"], arm) for arm in "ABCDEF"]

    for part in ("colour", "marker", "line"):
        assert len({str(getattr(mark, part)) for mark in marks}) == len(marks)


def test_rates_say_every_count_in_figure_and_description():
    rates = [
        RateLine("D0 to D14", "A", make_cell()),
        RateLine("D0 to D14", "B", make_cell(arm="B", count=0, percent=0.0)),
    ]

    drawing = draw_rates(figure_id="f", title="Serious", table_id="ae_overview", rates=rates, arms=ARMS)

    assert drawing is not None
    assert (
        drawing.description == "D0 to D14, Arm A: 6/21 (28.6\u00a0%); D0 to D14, Arm B: 0/21 (≤ 52.2\u00a0%)"
    )
    assert {"D0 to D14, Arm A", "6/21 (28.6\u00a0%)"} <= set(texts_of(drawing.svg))


@pytest.mark.parametrize(("highest", "end"), [(0.099, "10"), (0.101, "25"), (0.51, "75"), (0.99, "100")])
def test_axis_of_rates_ends_where_every_interval_is_shown(highest, end):
    rate = RateLine("", "A", make_cell(count=1, denominator=20, ci_low=0.001, ci_high=highest))

    drawing = draw_rates(figure_id="f", title="t", table_id="x", rates=[rate], arms=ARMS)

    assert drawing is not None
    numbers = [float(text) for text in texts_of(drawing.svg) if re.fullmatch(r"[\d.]+", text)]
    assert max(numbers) <= float(end)
    assert max(numbers) >= 0.75 * float(end)


def test_longest_count_of_a_rate_stands_inside_the_figure():
    cell = make_cell(count=122, denominator=122, percent=100.0, ci_low=0.97, ci_high=1.0)

    drawing = draw_rates(figure_id="f", title="t", table_id="x", rates=[RateLine("", "A", cell)], arms=ARMS)

    assert drawing is not None
    ((left, words),) = re.findall(r'<text x="([\d.]+)"[^>]*>(122/122 \(≥[^<]*)<', drawing.svg)
    (width,) = re.findall(r'^<svg [^>]*width="([\d.]+)pt"', drawing.svg)
    assert float(left) + width_of(words, 8) <= float(width)


@pytest.mark.parametrize(
    "cell", [make_cell(denominator=0), make_cell(denominator=None), make_cell(count=None)]
)
def test_rates_without_a_denominator_are_not_drawn(cell):
    rates = [RateLine("", "A", cell)]

    assert draw_rates(figure_id="f", title="t", table_id="x", rates=rates, arms=ARMS) is None


def test_terms_are_sorted_by_the_size_of_the_difference_and_cut():
    cells, comparisons = [], []
    for place in range(MOST_TERMS + 5):
        key = {"measure": "participants", "soc": "Class", "term": f"Term {place:02d}"}
        cells += [make_cell(arm=arm, **key) for arm in ARMS]
        comparisons.append(make_comparison(risk_difference=place / 100, **key))
    table = make_table(id="ae_by_soc_term", cells=cells, comparisons=comparisons)

    drawing = draw_terms(table, arms=ARMS)

    assert drawing is not None
    shown = [text for text in texts_of(drawing.svg) if text.startswith("Term ")]
    assert shown == [f"Term {place:02d}" for place in range(MOST_TERMS + 4, 4, -1)]
    assert f"the {MOST_TERMS} of {MOST_TERMS + 5} reported terms" in drawing.description


def test_terms_of_an_open_report_have_no_differences():
    cells = [make_cell(measure="participants", soc="Class", term="Term", arm="total")]

    drawing = draw_terms(make_table(id="ae_by_soc_term", cells=cells, comparisons=[]), arms=[])

    assert drawing is not None
    assert "sorted by frequency" in drawing.description
    assert "Difference" not in " ".join(texts_of(drawing.svg))


def test_grades_are_drawn_with_their_counts_and_what_is_not_recorded():
    (overview,) = (table for table in make_tables() if table["id"] == "ae_overview")

    drawing = draw_grades(overview)

    assert drawing is not None
    assert drawing.title == "Adverse events by CTCAE grade"
    assert "D0-D14, Arm A: 4, 0, 5, 0, 0, not recorded 2" in drawing.description


def test_ungraded_events_are_drawn_by_severity():
    cells = [make_cell(measure="ae_by_severity", level=level, count=3) for level in ("MILD", "SEVERE")]

    drawing = draw_grades(make_table(cells=cells, comparisons=[]))

    assert drawing is not None
    assert drawing.title == "Adverse events by severity"


@pytest.mark.parametrize("table", [{}, make_table(cells=[], comparisons=[])])
def test_empty_tables_give_no_figure(table):
    table = {"id": "x", **table}

    assert draw_grades(table) is None
    assert draw_terms(table, arms=ARMS) is None
    assert draw_enrolment(table, looks=[10], cutoff=date(2020, 5, 1)) is None


def test_enrolment_curve_ends_soon_after_enrolment_however_late_the_cutoff():
    curve = [{"date": "2020-04-06", "enrolled": 1}, {"date": "2020-04-18", "enrolled": 12}]

    drawing = draw_enrolment(make_table(curve=curve, cells=[]), looks=[10, 20, 40], cutoff=date(2026, 11, 23))

    assert drawing is not None
    shown = texts_of(drawing.svg)
    assert "2026" not in " ".join(shown)
    assert {"look 10", "look 20"} <= set(shown)
    assert "look 40" not in shown


def test_enrolment_curve_of_one_day_has_days_at_its_axis():
    curve = [{"date": "2020-04-06", "enrolled": 2}]
    table = make_table(id="enrolment", title="Enrolment", curve=curve)

    drawing = draw_enrolment(table, looks=[10], cutoff=date(2020, 4, 6))

    assert drawing is not None
    assert "12" in texts_of(drawing.svg)


def two_classes() -> dict[str, Any]:
    """One term that is not coded under two classes, and a term with signs that SVG has a use for."""
    places = [("Cardiac", "UNCODED"), ("Renal", "UNCODED"), ("Renal", 'Creatinine > 3 × "ULN" & rising')]
    cells, comparisons = [], []
    for number, (soc, term) in enumerate(places, start=1):
        key = {"measure": "participants", "soc": soc, "term": term}
        cells += [make_cell(arm=arm, count=number + (arm == "B"), **key) for arm in ARMS]
        comparisons.append(make_comparison(risk_difference=number / 20, p_value=number / 10, **key))
    return make_table(id="ae_by_soc_term", cells=cells, comparisons=comparisons)


def numbers_of(pattern: str, svg: str) -> list[tuple[float, ...]]:
    return [tuple(map(float, found)) for found in re.findall(pattern, svg)]


@pytest.mark.parametrize("draw", [lambda table: draw_terms(table, arms=ARMS), draw_volcano])
def test_marks_hold_the_dots_that_they_speak_for(draw: Callable[[Any], Drawing]) -> None:
    marks = re.findall(r'<g class="mark".*?</g>', draw(two_classes()).svg)

    assert len(marks) >= 3
    for mark in marks:
        ((x, y, _),) = numbers_of(r'cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)" fill="none"', mark)
        ((left, top),) = numbers_of(
            r'<(?:circle cx|polygon points)="([\d.]+)(?:" cy="|,)([\d.]+)[^>]*stroke=', mark
        )
        assert abs(left - x) <= 3
        assert abs(top - y) <= 3


def test_dots_of_more_participants_stand_further_right() -> None:
    drawing = draw_terms(two_classes(), arms=ARMS)

    assert drawing is not None
    shares = re.findall(r'Arm [AB]: (\d+)/21.*?cx="([\d.]+)"[^>]*fill="none"', drawing.svg)
    places = sorted((int(count), float(x)) for count, x in shares)
    assert len(places) == 6
    assert [x for _, x in places] == sorted(x for _, x in places)
    assert places[0][1] < places[-1][1]


def test_marks_of_the_dot_plot_say_count_and_difference_from_the_top_down() -> None:
    drawing = draw_terms(two_classes(), arms=ARMS)

    assert drawing is not None
    words = [mark.words for mark in marks_of(drawing.svg)]
    assert words[:2] == [
        'Creatinine > 3 × "ULN" & rising (Renal), Arm A: 3/21 (28.6\u00a0%)',
        'Creatinine > 3 × "ULN" & rising (Renal), Arm B: 4/21 (28.6\u00a0%)',
    ]
    assert "UNCODED (Cardiac), A − B: 5.0 (−21.2 to 28.6) points, p 0.100\u00a0F" in words
    assert "UNCODED (Renal), A − B: 10.0 (−21.2 to 28.6) points, p 0.200\u00a0F" in words


@pytest.mark.parametrize("draw", [lambda table: draw_terms(table, arms=ARMS), draw_volcano])
def test_drawn_parts_and_marks_of_a_class_are_filtered_together(draw: Callable[[Any], Drawing]) -> None:
    svg = draw(two_classes()).svg

    drawn = re.findall(r'<g(?: class="mark")?(?: data-key="[^"]*")? data-soc="(\w+)"', svg)
    rest = re.sub(r'<g[^>]* data-soc="\w+".*?</g>', "", svg)

    assert set(drawn) == {mark.data["soc"] for mark in marks_of(svg)} == {"Cardiac", "Renal"}
    assert "UNCODED" not in texts_of(rest)
    assert "<title>" not in rest


def test_bars_of_grades_are_met_where_they_are_drawn_and_do_not_overlap() -> None:
    (overview,) = (table for table in make_tables() if table["id"] == "ae_overview")

    drawing = draw_grades(overview)

    assert drawing is not None
    boxes = numbers_of(
        r'x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="[\d.]+"[^>]* class="mark" data-key', drawing.svg
    )
    assert len(boxes) == 4  # two arms, two grades that occur
    for (left, top, width), (next_left, next_top, _) in pairwise(boxes):
        assert top != next_top or left + width <= next_left + 0.2


def test_slopes_are_filtered_by_site_class_and_arm() -> None:
    row = {
        "participant": "07-001", "site": "07", "arm": "A", "specificity": "A*02:01", "hla_class": "I",
        "baseline_mfi": 180.0, "last_mfi": 12345.6, "classification": "DE_NOVO",
    }  # fmt: skip

    drawing = draw_slopes({"id": "antibody_changes", "rows": [row]}, arms=ARMS)

    assert drawing is not None
    (mark,) = marks_of(drawing.svg)
    assert mark.words == "07-001, A*02:01, Arm A: 180 to 12\u202f345.6 MFI, DE_NOVO"
    assert mark.data == {"site": "07", "class": "I", "arm": "A"}


def test_each_reading_of_a_profile_says_value_and_time() -> None:
    reading = {"infusion_number": 2, "map_mmhg": 66.5, "norepinephrine_ug_min": None}
    profile = {
        "participant": "07-001", "events": [], "infusions": [], "death_day": None, "withdrawn_day": None, "died": False,
        "readings": [reading | {"minutes": -15.0}, reading | {"minutes": 30.0}],
    }  # fmt: skip

    words = [mark.words for mark in marks_of(draw_profile(profile).svg)]

    assert words == [
        "MAP 66.5 mmHg, 0.25 h before the start of infusion 2",
        "MAP 66.5 mmHg, 0.50 h after the start of infusion 2",
    ]


def test_strips_of_a_profile_have_gaps_and_name_a_rate_that_cannot_be_converted() -> None:
    known = {
        "infusion_number": 1,
        "map_mmhg": None,
        "norepinephrine_ug_min": 4.0,
        "norepinephrine_charted": None,
    }
    charted = known | {"norepinephrine_ug_min": None, "norepinephrine_charted": "0.4 ug/kg/min, salt unknown"}
    courses = [known, known, charted, known, known]
    profile = {
        "participant": "07-001", "events": [], "infusions": [], "death_day": None, "withdrawn_day": None, "died": False,
        "window_hours": 4.0,
        "readings": [row | {"minutes": 30.0 * place} for place, row in enumerate(courses)],
    }  # fmt: skip

    svg = draw_profile(profile).svg

    words = [mark.words for mark in marks_of(svg)]
    assert (
        "Norepinephrine 0.4 ug/kg/min, salt unknown; not known in this unit, 1.00 h after the start of infusion 1"
        in words
    )
    assert not [text for text in words if text.startswith("Norepinephrine 0 ")]
    assert svg.count("<polyline") == 2  # before the gap and after it
    assert "4 h</text>" in svg
    assert "6 h</text>" not in svg


@pytest.mark.parametrize(
    ("window", "last", "ticks"),
    [
        (6.0, 6.0, [0, 6]),
        (4.0, 12.0, [0, 4, 8, 12]),
        (6.0, 24.0, [0, 12, 24]),
        (48.0, 48.0, [0, 48]),
        (None, 0.5, [0]),
    ],
)
def test_ticks_of_a_profile_are_multiples_of_the_window(
    window: float | None, last: float, ticks: list[float]
) -> None:
    assert hour_ticks(window, last) == ticks
