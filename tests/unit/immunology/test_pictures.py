"""Pictures of antibodies: every number of a drawing is in its table, and shapes say what colour says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from immunology.rendering.antigen_map import draw_antigen_map, letter_of
from immunology.rendering.course import CourseMoment, draw_antibody_course
from immunology.rendering.ladder import LadderBead, LadderLines, draw_ladder
from immunology.rendering.levey_jennings import draw_control_chart
from immunology.rendering.slopes import PairedTarget, draw_paired_slopes
from immunology.rules.codes import Code
from immunology.rules.control_charts import control_chart

T0 = datetime(2020, 4, 6, 10, tzinfo=UTC)


def test_a_ladder_is_sorted_and_keeps_a_missing_value_in_the_table() -> None:
    beads = [
        LadderBead("A*02:01", 120.0, "NEG", is_donor_specific=True),
        LadderBead("B*07:02", 8000.5, "POS", is_donor_specific=False),
        LadderBead("C*01:02", None, "INV", is_donor_specific=False),
    ]
    picture = draw_ladder(
        beads, LadderLines(500, 1000, 80, 9000, None), name="S1", hla_class="II", figure_id="x"
    )

    assert [row[:3] for row in picture.rows] == [
        ("B*07:02", "8\u202f000.5", "POS"), ("A*02:01", "120", "NEG"), ("C*01:02", "–", "INV"),
    ]  # fmt: skip
    assert picture.svg.count("<rect") == 2
    assert "5000" not in picture.svg


def test_a_slope_shows_its_band_and_whether_values_are_comparable() -> None:
    targets = [PairedTarget("A*02:01", 120.0, 1800.0, False, 2.0, "DE_NOVO_UNCONFIRMED", after_limit=">")]

    picture = draw_paired_slopes(targets, name="P1", figure_id="x")

    assert picture.rows == [("A*02:01", "120", ">1\u202f800", "15.00", "2.00", "no", "DE_NOVO_UNCONFIRMED")]
    assert 'stroke-dasharray="4 3"' in picture.svg
    assert draw_paired_slopes([], name="P1", figure_id="x").svg == ""


def test_every_class_has_a_sign_on_the_map() -> None:
    signs = {letter_of(code) for code in Code}
    picture = draw_antigen_map(
        {("P1", "A*02:01"): "DE_NOVO", ("P2", "B*07:02"): "NEGATIVE"}, donor="D", figure_id="x"
    )

    assert signs == {"P", "N", "?", "–", "·"}
    assert picture.rows == [("P1", "DE_NOVO", ""), ("P2", "", "NEGATIVE")]


def test_a_course_has_a_lane_per_kind() -> None:
    moments = [
        CourseMoment("infusion", T0, T0, "1"),
        CourseMoment("blood", T0 + timedelta(days=2), T0 + timedelta(days=5), "Red cells"),
        CourseMoment("serum", T0 + timedelta(days=14), T0 + timedelta(days=14), "S2", 1800.0),
    ]

    picture = draw_antibody_course(moments, T0, name="P1", zone="UTC", figure_id="x")

    assert [row[0] for row in picture.rows] == ["0.0", "2.0", "14.0"]
    assert picture.rows[2][3] == "1\u202f800"


def test_a_control_out_of_limits_has_another_shape_and_its_flag_in_words() -> None:
    values = [(f"R{place}", Decimal(9000 + place % 5)) for place in range(20)]
    points = control_chart([*values, ("R21", Decimal(9001)), ("R22", Decimal(2000))])

    picture = draw_control_chart(points, name="PC", figure_id="x")

    assert picture.rows[-1][3].startswith("1-3s")
    assert picture.rows[0][2] == "baseline"
    assert ">1-3s<" in picture.svg
