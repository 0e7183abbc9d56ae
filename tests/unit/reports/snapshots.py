"""Small snapshots for the tests of tables: plain rows in, frames out."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from reports.frames import Frames, frames_from
from reports.tables import CodedArm, TablePlan
from trials.rules.protocol import EventWindow, Protocol, parse_protocol

ROOT = Path(__file__).resolve().parents[3]
TWO_ARMS = (CodedArm("A", is_reference=False), CodedArm("B", is_reference=True))
TREATMENT_EMERGENT = EventWindow(
    "treatment-emergent", "Treatment-emergent", "treatment_emergent", None, None, "test"
)

Row = dict[str, Any]


@cache
def shipped_protocol(name: str) -> Protocol:
    return parse_protocol(tomllib.loads((ROOT / "protocols" / f"{name}.toml").read_text()))


def make_protocol(name: str = "stroma-cov-2", **changes: Any) -> Protocol:
    return replace(shipped_protocol(name), **changes)


def make_plan(arms: Sequence[CodedArm] = TWO_ARMS, **changes: Any) -> TablePlan:
    previous = changes.pop("previous_cutoff_at", None)
    return TablePlan(make_protocol(**changes), tuple(arms), previous)


def make_participant(code: str, arm: str | None = "A", **changes: Any) -> Row:
    row = {
        "participant": code, "site": "01", "arm": arm, "treated": True, "died": False,
        "enrolled_at": "2020-04-06T08:00:00Z", "day0": "2020-04-06",
        "first_infusion_at": "2020-04-07T08:00:00Z", "recorded_at": "2020-04-06T08:00:00Z",
    }  # fmt: skip
    return row | changes


def make_event(participant: str, event: int = 1, *, day: int | None = 3, **changes: Any) -> Row:
    row = {
        "participant": participant, "event": event, "soc": "Vascular disorders", "term": "Hypotension",
        "grade": 2, "severity": "MODERATE", "serious": False, "causality": "OTHER_DISEASE",
        "onset_earliest_day": day, "onset_latest_day": day, "recorded_at": "2020-04-10T08:00:00Z",
    }  # fmt: skip
    return row | changes


def make_frames(**rows: Sequence[Row]) -> Frames:
    return frames_from(dict(rows))


def cells(table: dict[str, Any], measure: str, **wanted: Any) -> list[Row]:
    return [c for c in table["cells"] if c["measure"] == measure and _fits(c, wanted)]


def cell(table: dict[str, Any], measure: str, **wanted: Any) -> Row:
    found = cells(table, measure, **wanted)
    assert len(found) == 1, f"{len(found)} cells of {measure} {wanted}"
    return found[0]


def comparison(table: dict[str, Any], measure: str, **wanted: Any) -> Row:
    found: list[Row] = [c for c in table["comparisons"] if c["measure"] == measure and _fits(c, wanted)]
    assert len(found) == 1, f"{len(found)} comparisons of {measure} {wanted}"
    return found[0]


def counts(table: dict[str, Any], measure: str, **wanted: Any) -> dict[str, tuple[int, int | None]]:
    """Count and denominator by arm."""
    return {c["arm"]: (c["count"], c["denominator"]) for c in cells(table, measure, **wanted)}


def _fits(found: Row, wanted: Row) -> bool:
    return all(found.get(name) == value for name, value in wanted.items())
