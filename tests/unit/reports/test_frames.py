from typing import Any

import pandas as pd
import pytest

from reports.frames import SCHEMAS, SEALED_FRAMES, FrameError, Frames, frames_from, opened, schema_as_text
from tests.unit.reports.snapshots import make_event, make_participant

SEALED_CONTENT: dict[str, Any] = {
    "participants": [make_participant("1", "A"), make_participant("2", "B")],
    "doses": [{"participant": "1", "infusion_number": 1, "batch": "LOT-7", "cells_million": 71.5}],
    "batches": [
        {"batch": "LOT-7", "donor": "DONOR-3", "viability_percent": 78.0, "within_specification": False}
    ],
    "antibodies": [{"participant": "1", "de_novo_dsa": True}],
    "adverse_events": [make_event("1", verbatim="after bag of LOT-7")],
    "mismatches": [
        {"rule": "R12", "participant": "1", "message": "Fatal without a death.", "is_sealed": False},
        {"rule": "S1", "participant": "1", "message": "LOT-7 is in no batch list.", "is_sealed": True},
    ],
}


def test_every_schema_has_its_frame_and_explains_its_columns() -> None:
    assert tuple(Frames.__dataclass_fields__) == tuple(SCHEMAS)
    assert all(column.meaning for schema in SCHEMAS.values() for column in schema.columns)
    assert all(name in schema_as_text() for schema in SCHEMAS.values() for name in schema.column_names)


def test_frame_that_is_not_given_is_empty_with_its_columns() -> None:
    frames = frames_from({})

    for name, schema in SCHEMAS.items():
        assert tuple(getattr(frames, name).columns) == schema.column_names
        assert getattr(frames, name).empty


def test_rows_and_columns_give_the_same_frame() -> None:
    rows = [make_participant("2", None), make_participant("1", "B", died=True)]
    columns = {name: [row[name] for row in rows] for name in rows[0]}

    by_row, by_column = frames_from({"participants": rows}), frames_from({"participants": columns})

    pd.testing.assert_frame_equal(by_row.participants, by_column.participants)


def test_missing_is_neither_no_nor_zero() -> None:
    frames = frames_from(
        {"participants": [make_participant("1")], "adverse_events": [{"participant": "1", "event": 1}]}
    )

    event = frames.adverse_events.iloc[0]
    assert all(
        pd.isna(event[name]) for name in ("serious", "grade", "severity", "onset_latest_at", "verbatim")
    )


def test_moments_are_kept_in_utc() -> None:
    frames = frames_from({"participants": [make_participant("1", enrolled_at="2020-04-06T00:30:00+02:00")]})

    assert str(frames.participants["enrolled_at"].iloc[0]) == "2020-04-05 22:30:00+00:00"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"patients": []}, "patients: is not the name of a frame."),
        ({"participants": [make_participant("1") | {"name": "X"}]}, "participants, row 1: name is not a column"),
        ({"participants": {"participant": ["1"], "name": ["X"]}}, "participants: name is not a column"),
        ({"participants": {"participant": ["1", "2"], "site": ["01"]}}, "participants: the columns differ in length"),
        ({"participants": [make_participant("1", treated=1)]}, "row 1, treated: 1 is not true, false or null."),
        ({"participants": [make_participant("1", site=None)]}, "row 1, site: null, but the value is required."),
        ({"participants": [make_participant("1", site=4)]}, "row 1, site: 4 is not text."),
        ({"participants": [make_participant("1", age_years=True)]}, "age_years: True is not a finite number."),
        ({"participants": [make_participant("1", age_years=float("inf"))]}, "age_years: inf is not a finite"),
        ({"participants": [make_participant("1", enrolled_at="2020-04-06")]}, "enrolled_at: '2020-04-06' is not an instant"),
        ({"participants": [make_participant("1", enrolled_at="2020-04-06T10:00")]}, "is not an instant"),
        ({"participants": [make_participant("1", day0="06/04/2020")]}, "day0: '06/04/2020' is not a day"),
        ({"participants": [make_participant("1"), make_participant("1")]}, "row 2: participant 1 occurs twice."),
        ({"adverse_events": [make_event("9")]}, "adverse_events: participant '9' is not among the participants."),
        (
            {"participants": [make_participant("1")], "adverse_events": [make_event("1", severity="GRAVE")]},
            "adverse_events, row 1, severity: 'GRAVE' is none of MILD, MODERATE, SEVERE.",
        ),
        (
            {"participants": [make_participant("1")], "adverse_events": [make_event("1"), make_event("1", 2, grade=2.5)]},
            "adverse_events, row 2, grade: 2.5 is not a whole number.",
        ),
    ],
)  # fmt: skip
def test_wrong_content_is_refused_in_one_sentence(content: dict[str, Any], message: str) -> None:
    with pytest.raises(FrameError) as refusal:
        frames_from(content)

    assert message in str(refusal.value)


def test_opened_frames_hold_nothing_sealed() -> None:
    frames = opened(frames_from(SEALED_CONTENT))

    assert all(getattr(frames, name).empty for name in SEALED_FRAMES)
    everything = " ".join(getattr(frames, name).to_csv() for name in SCHEMAS)
    assert "LOT-7" not in everything
    assert "DONOR-3" not in everything
    assert list(frames.participants["arm"].cat.categories) == []
    assert frames.mismatches["message"].tolist() == ["Fatal without a death."]


def test_opened_frames_are_the_same_whatever_the_arms() -> None:
    swapped = SEALED_CONTENT | {"participants": [make_participant("1", "B"), make_participant("2", "A")]}

    before, after = opened(frames_from(SEALED_CONTENT)), opened(frames_from(swapped))

    for name in SCHEMAS:
        pd.testing.assert_frame_equal(getattr(before, name), getattr(after, name))


def test_opening_leaves_the_frames_themselves_alone() -> None:
    frames = frames_from(SEALED_CONTENT)

    opened(frames)

    assert frames.participants["arm"].tolist() == ["A", "B"]
    assert len(frames.batches) == 1
