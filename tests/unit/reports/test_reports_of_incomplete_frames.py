"""No state of the data stops a report: any value may be missing in a frame, and three documents are made."""

import json
import random
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reports.documents import document_of
from reports.frames import SCHEMAS
from reports.rendering.document import json_bytes
from reports.rendering.html import html_bytes
from reports.rendering.page import page_of
from reports.rendering.pdf import pdf_source
from tests.unit.reports.courses import make_days, make_stay
from tests.unit.reports.whole_reports import frames_content, make_snapshot

Rows = dict[str, list[dict[str, Any]]]
SEALED = {name for name, schema in SCHEMAS.items() if schema.sealed}


def of_some_people(content: Rows) -> Rows:
    """Every fourth participant with all their rows: few, so that many reports can be made."""
    kept = {row["participant"] for row in content["participants"][::4]} | {"A00", "A01", "A03", "SCREENED"}
    return {
        name: [row for row in rows if row.get("participant") in kept | {None}]
        for name, rows in content.items()
    }


def every_frame(is_closed: bool) -> Rows:
    """A row and more in every frame that a report of the kind may have."""
    content = of_some_people(frames_content(is_closed))
    people = [row["participant"] for row in content["participants"]]
    more: Rows = {
        "daily_assessments": [
            row for code in people for row in make_days(code, {0: 110.0, 7: 190.0, 14: 210.0})
        ],
        "follow_up": [make_stay(code) for code in people],
        "deviations": [
            {"participant": code, "site": "01", "category": "consent", "importance": "minor", "study_day": 3}
            for code in (people[0], None)
        ],
        "product_deviations": [
            {"participant": people[0], "site": "01", "category": "dose", "importance": "major", "study_day": 3}
        ],
        "unblindings": [
            {
                "kind": kind, "number": 1, "participant": people[1], "site": "01", "study_day": 4,
                "happened_text": "2020-04-10", "reason": "treatment_decision", "second_person": second,
                "learner": "investigator", "impact": None, "recorded_at": "2020-04-10T08:00:00Z",
            }
            for kind, second in (("EMERGENCY", "nobody"), ("INADVERTENT", None))
        ],
        "arm_key_openings": [{"number": 1, "account": 3, "opened_at": "2020-04-10T08:00:00Z"}],
        "boundary_alerts": [
            {
                "boundary": "deaths", "arm": "A", "against": None, "affected": 3, "evaluable": 9,
                "raised_at": "2020-04-10T08:00:00Z", "answer": None, "answered_at": None,
            }
        ],
    }  # fmt: skip
    every = {**content, **more}
    return every if is_closed else {name: rows for name, rows in every.items() if name not in SEALED}


def thinned(frames: Rows, chance: random.Random, share: float, columns: list[tuple[str, str]]) -> Rows:
    """Frames with a share of the values gone, some columns wholly, some rows, and the rows of whoever is gone."""
    gone = set(columns)
    people = [row for row in frames["participants"] if chance.random() >= share / 4]
    known = {row["participant"] for row in people}
    kept = {
        name: [
            row
            for row in (people if name == "participants" else rows)
            if row.get("participant") in known | {None}
            and (name == "participants" or chance.random() >= share / 4)
        ]
        for name, rows in frames.items()
    }
    return {
        name: [
            {
                column.name: row.get(column.name)
                if column.required or ((name, column.name) not in gone and chance.random() >= share)
                else None
                for column in SCHEMAS[name].columns
                if column.required or column.name in row
            }
            for row in rows
        ]
        for name, rows in kept.items()
    }


@lru_cache(maxsize=8)
def make_documents(snapshot: bytes) -> None:
    """Of the same bytes once: an open report without a frame that only closed ones have is the open report."""
    document = document_of(snapshot)
    page = page_of(document)
    made = (json_bytes(document), html_bytes(page), pdf_source(page))
    assert all(made)
    assert "nan" not in {word.strip("(),;:").lower() for word in html_bytes(page).decode().split()}


NULLABLE = [
    (name, column.name)
    for name, schema in SCHEMAS.items()
    for column in schema.columns
    if not column.required
]


@pytest.mark.parametrize("kind", ["closed", "open"])
@pytest.mark.parametrize("examples", [5, pytest.param(60, marks=pytest.mark.long)])
def test_report_is_made_whatever_is_missing(kind: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @example(seed=0, share=1.0, columns=[])
    @example(seed=0, share=0.0, columns=[("participants", "arm")])
    @given(
        seed=st.integers(0, 10_000),
        share=st.sampled_from([0.02, 0.1, 0.3, 0.6, 0.9, 0.0]),
        columns=st.lists(st.sampled_from(NULLABLE), max_size=8),
    )
    def make(seed: int, share: float, columns: list[tuple[str, str]]) -> None:
        frames = thinned(every_frame(kind == "closed"), random.Random(seed), share, columns)

        make_documents(make_snapshot(kind, frames=frames))

    make()


def each_frame(short: Callable[[str], str]) -> list[Any]:
    """Every frame in both kinds of report; in the short run in one of them."""
    return [
        pytest.param(frame, kind, marks=[] if kind == short(frame) else [pytest.mark.long])
        for frame in sorted(SCHEMAS)
        for kind in ("closed", "open")
    ]


@pytest.mark.parametrize(("frame", "kind"), each_frame(lambda frame: "closed" if frame in SEALED else "open"))
def test_report_is_made_without_what_may_be_missing_in_a_frame(kind: str, frame: str) -> None:
    frames = every_frame(kind == "closed")
    optional = dict.fromkeys(column.name for column in SCHEMAS[frame].columns if not column.required)
    frames[frame] = [row | optional for row in frames.get(frame, [])]

    make_documents(make_snapshot(kind, frames=frames))


@pytest.mark.parametrize(("frame", "kind"), each_frame(lambda _frame: "closed"))
def test_report_is_made_without_a_frame(kind: str, frame: str) -> None:
    frames = every_frame(kind == "closed")
    frames.pop(frame, None)
    if frame == "participants":
        frames = {}

    make_documents(make_snapshot(kind, frames=frames))


@pytest.mark.parametrize("letters", [[], ["A"], ["A", "B", "C"], list("ABCDEFGHIJ")])
def test_report_is_made_of_any_number_of_arms(letters: list[str]) -> None:
    make_documents(make_snapshot("closed", frames=every_frame(is_closed=True), arms=letters))


def test_report_of_a_trial_without_letters_is_closed_all_the_same() -> None:
    frames = every_frame(is_closed=True)
    frames["participants"] = [row | {"arm": None} for row in frames["participants"]]

    document = document_of(make_snapshot("closed", frames=frames, arms=[]))

    assert [arm["code"] for arm in document["arms"]] == ["not recorded"]
    assert json.loads(json_bytes(document))["kind"] == "closed"
