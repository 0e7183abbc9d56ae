"""Properties of all tables: their shape, and that an open report cannot reveal the arm."""

import json
from typing import Any

import pytest

from reports.frames import frames_from
from reports.tables import TABLES, CodedArm, TablePlan, closed_tables, open_tables
from tests.unit.reports.courses import make_days, make_stay
from tests.unit.reports.snapshots import make_event, make_participant, make_plan
from tests.unit.reports.table5 import table5_events, table5_participants

IDS = {
    "enrolment", "baseline", "exposure", "ae_overview", "ae_by_soc_term", "deaths", "sae_listing", "haemodynamics",
    "antibodies", "reconciliation", "new_since_last_look", "boundaries", "boundary_characteristics",
    "unblindings", "outcomes", "deviations",
    "time_to_first_event", "event_rates", "mean_cumulative_events",
    "maturity", "changes_since_last_look",
    "ae_seriousness", "ae_consequences", "ae_by_stratum", "events_after_infusion", "haemodynamic_course", "antibody_changes",
    "timeline",
}  # fmt: skip


def make_content(arms: dict[str, str]) -> dict[str, Any]:
    """A snapshot in which every sealed value depends on the arm."""
    people = [p | {"arm": arms[p["arm"]]} for p in table5_participants()]
    active = [p["participant"] for p in people if p["arm"] == "A"]
    return {
        "participants": people,
        "adverse_events": table5_events(),
        "infusions": [{"participant": p["participant"], "number": 1, "interrupted": False} for p in people],
        "doses": [
            {"participant": code, "infusion_number": 1, "batch": "LOT-7", "cells_million": 70.0}
            for code in active
        ],
        "batches": [
            {"batch": "LOT-7", "donor": "D1", "viability_percent": 78.0, "within_specification": True}
        ],
        "antibodies": [{"participant": code, "de_novo_dsa": True} for code in active],
        "daily_assessments": [
            row for p in people for row in make_days(p["participant"], {0: 110.0, 7: 190.0})
        ],
        "follow_up": [make_stay(p["participant"]) for p in people],
        "deviations": [{"participant": None, "site": "01", "category": "consent", "importance": "minor"}],
        "product_deviations": [
            {"participant": code, "site": "01", "category": "dose", "importance": "major"} for code in active
        ],
        "mismatches": [
            {"rule": "S1", "participant": code, "message": "Received LOT-7.", "is_sealed": True}
            for code in active
        ],
    }


AS_IT_WAS = {"A": "A", "B": "B"}
SWAPPED = {"A": "B", "B": "A"}


def as_bytes(tables: list[dict[str, Any]]) -> bytes:
    return json.dumps(tables, allow_nan=False).encode()


def test_open_tables_are_the_same_bytes_when_every_arm_is_swapped() -> None:
    plan = make_plan()

    before = as_bytes(open_tables(frames_from(make_content(AS_IT_WAS)), plan))
    after = as_bytes(open_tables(frames_from(make_content(SWAPPED)), plan))

    assert before == after
    assert b"LOT-7" not in before
    assert b"product_dev" not in before


def test_closed_tables_differ_when_every_arm_is_swapped() -> None:
    plan = make_plan()

    before = as_bytes(closed_tables(frames_from(make_content(AS_IT_WAS)), plan))

    assert before != as_bytes(closed_tables(frames_from(make_content(SWAPPED)), plan))


def test_open_tables_have_the_total_alone() -> None:
    tables = open_tables(frames_from(make_content(AS_IT_WAS)), make_plan())

    assert {cell["arm"] for table in tables for cell in table["cells"]} == {"total"}
    assert [c for table in tables for c in table["comparisons"]] == []
    assert all("arm" not in row for table in tables for row in table.get("rows", ()))


def test_closed_tables_have_every_table_in_the_contracts_shape() -> None:
    tables = closed_tables(frames_from(make_content(AS_IT_WAS)), make_plan())

    assert {table["id"] for table in tables} >= IDS
    for table in tables:
        assert {"id", "title", "population", "cells", "comparisons", "notes"} <= set(table)
        for cell in table["cells"]:
            assert {"measure", "level", "window", "arm", "count", "denominator", "percent"} <= set(cell)
    assert json.loads(as_bytes(tables)) == tables


def test_no_cell_occurs_twice() -> None:
    for table in closed_tables(frames_from(make_content(AS_IT_WAS)), make_plan()):
        names = ("window", "measure", "level", "soc", "term", "arm")
        places = [tuple(cell.get(name) for name in names) for cell in table["cells"]]
        assert len(places) == len(set(places)), table["id"]


def test_every_zero_of_a_denominator_has_its_limit() -> None:
    for table in closed_tables(frames_from(make_content(AS_IT_WAS)), make_plan()):
        for cell in table["cells"]:
            if cell["count"] == 0 and cell["denominator"] and cell["level"] != "MISSING":
                assert cell.get("ci_high") or "mean" in cell, (table["id"], cell)


@pytest.mark.parametrize("content", [{}, {"participants": [make_participant("1", None, treated=False)]}])
def test_tables_of_nothing_are_tables(content: dict[str, Any]) -> None:
    frames, plan = frames_from(content), make_plan()

    assert len(closed_tables(frames, plan)) - 1 == len(open_tables(frames, plan)) == len(TABLES)


def test_tables_of_the_pilots_protocol_need_no_checks_nor_samples() -> None:
    frames = frames_from({
        "participants": [make_participant("1", "A"), make_participant("2", "C")],
        "adverse_events": [make_event("1", grade=None, treatment_emergent=True)],
    })  # fmt: skip
    arms = tuple(CodedArm(code, is_reference=code == "C") for code in "ABC")

    tables = {table["id"]: table for table in closed_tables(frames, make_plan(arms, name="cdisc-pilot"))}

    assert tables["haemodynamics"]["notes"] == ["The protocol plans no haemodynamic checks."]
    assert "The protocol plans no antibody samples." in tables["antibodies"]["notes"]
    pairs = {(c["arm"], c["reference"]) for c in tables["ae_overview"]["comparisons"]}
    assert pairs == {("A", "C"), ("B", "C"), ("A", "B")}


@pytest.mark.parametrize(
    "arms",
    [
        (CodedArm("A", is_reference=False), CodedArm("A", is_reference=True)),
        (CodedArm("A", is_reference=True), CodedArm("B", is_reference=True)),
        (CodedArm("total", is_reference=False),),
    ],
)
def test_impossible_arms_are_refused(arms: tuple[CodedArm, ...]) -> None:
    with pytest.raises(ValueError, match="arms"):
        make_plan(arms)


def test_closed_tables_need_an_arm() -> None:
    plan: TablePlan = make_plan().opened()

    with pytest.raises(ValueError, match="at least one coded arm"):
        closed_tables(frames_from({}), plan)
