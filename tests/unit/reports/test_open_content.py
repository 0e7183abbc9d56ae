"""What an open report shows: protocol data, and nothing that two reports one participant apart give away."""

import json
from dataclasses import replace
from typing import Any

import pytest

from reports.documents import document_of
from reports.rendering.document import canonical_bytes
from reports.rendering.page import page_of
from reports.rules.withholding import is_too_close
from reports.tables import TABLES
from reports.tables.open_content import left_out_tables, open_content
from tests.unit.reports.snapshots import make_plan
from tests.unit.reports.whole_reports import make_snapshot
from trials.rules.protocol import OPEN_REPORT_TABLES, OpenReportPlan

RULE = make_plan().protocol.open_report
EVERYTHING = OpenReportPlan(OPEN_REPORT_TABLES, True, True, 1, "the charter")
TABLE = {"id": "deaths", "title": "Deaths", "cells": [], "notes": []}


@pytest.mark.parametrize(
    ("enrolled", "others", "is_close"),
    [
        (10, [], False),
        (10, [10], False),
        (11, [10], True),
        (12, [10], True),
        (13, [10], False),
        (9, [10, 20], True),
        (8, [10, 20], True),
        (7, [10, 20], False),
        (0, [1], True),
    ],
)
def test_reports_one_or_two_participants_apart_are_too_close(
    enrolled: int, others: list[int], is_close: bool
) -> None:
    assert is_too_close(enrolled, others, minimum_step=3) is is_close
    assert not is_too_close(enrolled, others, minimum_step=1)


def document(**content: Any) -> dict[str, Any]:
    snapshot = json.loads(make_snapshot("open"))
    protocol = snapshot["protocol"]["content"] | content.pop("protocol", {})
    snapshot["protocol"] = {**snapshot["protocol"], "content": protocol}
    return document_of(canonical_bytes({**snapshot, **content}))


def ids(found: dict[str, Any]) -> set[str]:
    return {table["id"] for table in found["tables"]}


SEALED = {"antibody_responses", "antibodies_by_batch", "antibody_targets", "antibody_assays"}
"""Tables of the closed report alone."""


def test_every_table_that_is_not_sealed_can_be_named() -> None:
    assert set(OPEN_REPORT_TABLES) == {make.__name__ for make in TABLES} - SEALED


def test_no_sealed_table_is_in_an_open_report_or_named_there() -> None:
    found = document()

    assert SEALED.isdisjoint(ids(found))
    assert "by batch" not in str(page_of(found).missing)


def test_by_default_no_outcome_no_survival_and_no_line_about_a_participant() -> None:
    found = document()

    assert ids(found) == set(RULE.tables)
    assert {"outcomes", "time_to_first_event", "sae_listing", "timeline"}.isdisjoint(ids(found))
    assert [
        table["id"] for table in found["tables"] if any("participant" in row for row in table.get("rows", ()))
    ] == []
    deaths = next(table for table in found["tables"] if table["id"] == "deaths")
    assert "curves" not in deaths
    assert "probability_of_death" not in {cell["measure"] for cell in deaths["cells"]}
    assert "participants_died" in {cell["measure"] for cell in deaths["cells"]}
    assert found["profiles"] == []


def test_a_protocol_that_names_everything_gets_everything() -> None:
    rule = {
        "tables": list(OPEN_REPORT_TABLES),
        "listings": True,
        "survival": True,
        "minimum_step": 1,
        "source": "t",
    }

    found = document(protocol={"open_report": rule})

    assert ids(found) == set(OPEN_REPORT_TABLES)
    assert found["profiles"]
    assert next(table for table in found["tables"] if table["id"] == "deaths")["curves"]
    assert "Left out" not in str(page_of(found).missing)


def test_page_one_says_what_is_left_out_and_by_which_rule() -> None:
    said = str(page_of(document()).missing)

    assert "Left out of open reports: tables of " in said
    assert "survival curves; lines about single participants" in said
    assert "own choice of this system" in said


def test_reports_that_are_too_close_have_nothing_to_subtract_but_enrolment() -> None:
    """Every cell of two reports one participant apart: where both print a number, the difference says enrolment alone."""
    before = document()
    content = json.loads(make_snapshot("open"))
    content["frames"] = {
        name: rows[:-1] for name, rows in content["frames"].items()
    }  # one row fewer of everything
    after = document_of(canonical_bytes(content | {"is_close_to_another": True}))

    differing = {
        key for key, value in printed(after).items() if printed(before).get(key) not in (None, value)
    }

    assert differing
    assert {measure for _table, measure, *_place in differing} <= {
        "screened",
        "enrolled",
        "enrolled_of_planned",
    }
    assert after["profiles"] == []
    assert "shows enrolment alone" in str(page_of(after).missing)


def printed(found: dict[str, Any]) -> dict[tuple[Any, ...], Any]:
    return {
        (table["id"], cell["measure"], cell.get("level"), cell.get("window"), cell["arm"]): cell["count"]
        for table in found["tables"]
        for cell in table["cells"]
    }


@pytest.mark.parametrize("rows", [[], [{"boundary": "Deaths", "state": "not crossed"}]])
def test_lines_about_something_else_than_a_participant_stay(rows: list[dict[str, str]]) -> None:
    table = TABLE | {"id": "boundaries", "rows": rows, "columns": ["boundary", "state"]}

    assert open_content([table], RULE, is_too_close=False) == [table]


def test_titles_of_what_is_left_out() -> None:
    outcomes = TABLE | {"id": "outcomes", "title": "Results"}

    shown = open_content([TABLE, outcomes], RULE, is_too_close=False)

    assert left_out_tables([TABLE, outcomes], shown) == ["Results"]
    assert open_content([outcomes], replace(RULE, tables=("outcomes",)), is_too_close=False) == [outcomes]
    assert open_content([TABLE | {"curves": [1]}], EVERYTHING, is_too_close=False) == [
        TABLE | {"curves": [1]}
    ]
