"""Report documents of an invented trial, for the tests of rendering."""

from datetime import UTC, datetime
from typing import Any

from reports.rendering.document import CLOSED, Header, assemble

TREATED = {"A": 21, "B": 24, "total": 45}


def make_header(**changes: Any) -> Header:
    values: dict[str, Any] = {
        "trial": "CELL-1",
        "title": "Invented cells in invented lungs",
        "look": 40,
        "kind": CLOSED,
        "version": 1,
        "data_cutoff_at": datetime(2020, 11, 6, 12, 34, tzinfo=UTC),
        "snapshot_sha256": "ab12" * 16,
        "provenance": {"code_version": "0.1.0", "protocol": {"version": "1.0", "sha256": "cd" * 32}},
        "entered_after_cutoff": {"adverse_events": 3},
        "corrected_after_cutoff": {},
        "board": {"looks": [10, 20, 40]},
    }
    return Header(**({"trigger": "look"} | values | changes))


def make_cell(**changes: Any) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "window": "D0-D14",
        "measure": "participants_with_sae",
        "level": None,
        "arm": "A",
        "count": 6,
        "denominator": 21,
        "percent": 28.6,
        "ci_low": 0.1128,
        "ci_high": 0.5218,
    }
    return cell | changes


def make_comparison(**changes: Any) -> dict[str, Any]:
    comparison: dict[str, Any] = {
        "window": "D0-D14",
        "measure": "participants_with_sae",
        "level": None,
        "arm": "A",
        "reference": "B",
        "risk_difference": 0.0357,
        "ci_low": -0.2120,
        "ci_high": 0.2860,
        "ci_method": "newcombe",
        "p_value": 1.0,
        "test": "fisher",
    }
    return comparison | changes


def make_table(**changes: Any) -> dict[str, Any]:
    table: dict[str, Any] = {
        "id": "ae_overview",
        "title": "Adverse events: overview",
        "population": "treated",
        "cells": [make_cell(), make_cell(arm="B", count=6, denominator=24, percent=25.0)],
        "comparisons": [make_comparison()],
        "notes": ["Day 0 is the day of randomisation."],
    }
    return table | changes


def make_terms_table() -> dict[str, Any]:
    place = {"soc": "Cardiac disorders", "term": "Sinus tachycardia"}
    cells = [
        make_cell(measure=measure, arm=arm, count=count, denominator=TREATED[arm], percent=10.0, **place)
        for measure in ("participants", "events")
        for arm, count in (("A", 2), ("B", 3))
    ]
    comparison = make_comparison(measure="participants", **place)
    return make_table(
        id="ae_by_soc_term", title="By class and term", cells=cells, comparisons=[comparison], notes=[]
    )


def make_tables() -> list[dict[str, Any]]:
    grades = [
        make_cell(measure="ae_by_grade", level=level, arm=arm, count=count, denominator=9, percent=11.1)
        for arm in ("A", "B")
        for level, count in (("1", 4), ("3", 5), ("MISSING", 2))
    ]
    deaths = [
        make_cell(window=None, measure="participants_died", arm="A", count=0, percent=0.0, ci_high=0.161),
        make_cell(window=None, measure="participants_died", arm="B", count=3, denominator=24, percent=12.5),
    ]
    enrolled = make_cell(
        window=None, measure="enrolled", arm="total", count=47, denominator=None, percent=None
    )
    listing = make_table(
        id="sae_listing",
        title="Serious adverse events",
        cells=[],
        comparisons=[],
        columns=[{"id": "participant", "label": "Participant"}, {"id": "term", "label": "Term"}],
        rows=[{"participant": "07-001", "term": "Shock <refractory> & anuria"}, {"participant": "07-002"}],
    )
    return [
        make_table(
            id="enrolment",
            title="Enrolment",
            cells=[enrolled],
            comparisons=[],
            curve=[{"date": "2020-04-06", "enrolled": 1}, {"date": "2020-04-09", "enrolled": 2}],
        ),
        make_table(
            cells=[*make_table()["cells"], *grades],
        ),
        make_table(id="deaths", title="Deaths", cells=deaths, comparisons=[]),
        make_terms_table(),
        listing,
    ]


def make_document(**changes: Any) -> dict[str, Any]:
    arms = [{"code": "A", "enrolled": 23, "treated": 21}, {"code": "B", "enrolled": 24, "treated": 24}]
    tables = changes.pop("tables", make_tables())
    return assemble(header=make_header(**changes), arms=arms, tables=tables)
