"""Deviations by category and site, those of the product under seal; the participants' condition at baseline."""

from typing import Any

from reports.frames import opened
from reports.tables.baseline import baseline
from reports.tables.deviations import deviations
from tests.unit.reports.courses import frames_of
from tests.unit.reports.snapshots import cell, cells, counts, make_frames, make_participant, make_plan

Row = dict[str, Any]


def make_deviation(participant: str | None, category: str = "assessment", **changes: Any) -> Row:
    row = {"participant": participant, "site": "01", "category": category, "importance": "minor"}
    return row | changes


def make_some() -> Any:
    return make_frames(
        participants=[make_participant("1", "A"), make_participant("2", "B"), make_participant("3", "B")],
        deviations=[
            make_deviation("1"),
            make_deviation("1", importance="major"),
            make_deviation("2", "consent"),
            make_deviation(None, "blinding"),
        ],
        product_deviations=[make_deviation("1", "out_of_specification", importance="major")],
    )


def test_deviations_are_counted_and_participants_once() -> None:
    table = deviations(make_some(), make_plan())

    assert counts(table, "participants_with_deviation") == {"A": (1, 1), "B": (1, 2), "total": (2, 3)}
    assert counts(table, "participants_with_major_deviation")["A"] == (1, 1)
    assert counts(table, "deviations_by_category", level="assessment") == {
        "A": (2, None), "B": (0, None), "total": (2, None),
    }  # fmt: skip


def test_a_deviation_of_the_site_as_a_whole_is_in_the_total_and_in_no_arm() -> None:
    table = deviations(make_some(), make_plan())

    assert counts(table, "deviations_by_category", level="blinding") == {
        "A": (0, None), "B": (0, None), "total": (1, None),
    }  # fmt: skip


def test_deviations_of_the_product_are_in_the_closed_report_only() -> None:
    closed = deviations(make_some(), make_plan())
    shown = deviations(opened(make_some()), make_plan().opened())

    assert counts(closed, "product_deviations_by_category", level="out_of_specification")["A"] == (1, None)
    assert not [c for c in shown["cells"] if "product" in c["measure"]]
    assert "out_of_specification" not in {c["level"] for c in shown["cells"]}


def test_baseline_says_how_ill_people_were_and_who_is_not_recorded() -> None:
    days = [
        {"participant": "1", "study_day": 0, "sofa_total": 8, "pf_ratio": 120.0, "pf_is_given": False,
         "ventilation": "invasive", "vasopressor": True},
        {"participant": "1", "study_day": 1, "sofa_total": 2},
        {"participant": "2", "study_day": 0, "ventilation": "high_flow", "vasopressor": None},
    ]  # fmt: skip

    table = baseline(frames_of({"1": "A", "2": "A"}, days=days), make_plan())

    assert cell(table, "baseline_sofa_total", arm="A")["median"] == 8
    assert counts(table, "baseline_ventilation", level="invasive")["A"] == (1, 2)
    assert counts(table, "baseline_vasopressor", level="yes")["A"] == (1, 1)
    assert counts(table, "baseline_vasopressor", level="MISSING")["A"] == (1, None)


def test_baseline_without_assessments_has_no_rows_about_them() -> None:
    table = baseline(make_frames(participants=[make_participant("1", "A")]), make_plan())

    assert cells(table, "baseline_sofa_total") == []
