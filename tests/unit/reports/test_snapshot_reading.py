"""Reading a snapshot column by column gives what reading it whole gives, and refuses what that refuses."""

import json
from typing import Any

import pandas as pd
import pytest

from reports.frames import FrameError, frames_from, read_snapshot
from reports.frames.schema import SCHEMAS
from tests.unit.reports.whole_reports import make_snapshot


def by_columns(snapshot: bytes) -> bytes:
    content = json.loads(snapshot)
    for name, rows in content["frames"].items():
        if rows and len({tuple(sorted(row)) for row in rows}) == 1:
            content["frames"][name] = {column: [row[column] for row in rows] for column in rows[0]}
    return json.dumps(content, indent=1).encode()


@pytest.mark.parametrize("kind", ["open", "closed"])
def test_reading_by_columns_is_reading_whole(kind: str) -> None:
    snapshot = make_snapshot(kind)
    whole = json.loads(snapshot)

    for content in (snapshot, by_columns(snapshot)):
        plain, frames = read_snapshot(content)

        expected = frames_from(whole["frames"])
        for name in SCHEMAS:
            pd.testing.assert_frame_equal(getattr(frames, name), getattr(expected, name))
        assert plain == {key: value for key, value in whole.items() if key != "frames"}


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ({"unheard": []}, "unheard: is not the name of a frame"),
        ({"deaths": {"unheard": []}}, "deaths: unheard is not a column"),
        ({"deaths": {"participant": [None]}}, "deaths, row 1, participant: null"),
        ({"deaths": {"participant": ["1"], "study_day": []}}, "deaths: the columns differ in length"),
        ({"deaths": {"participant": ["1"]}}, "participant '1' is not among the participants"),
        ({"deaths": [{"participant": 1}]}, "deaths, row 1, participant: 1 is not text"),
    ],
)
def test_wrong_frames_are_refused_by_name(frames: dict[str, Any], message: str) -> None:
    with pytest.raises(FrameError, match=message):
        read_snapshot(json.dumps({"trial": "X", "frames": frames}).encode())


@pytest.mark.parametrize("content", [b"[]", b'{"a" 1}', b'{"a": 1 "b": 2}', b'{"frames": {"deaths": {'])
def test_what_is_no_snapshot_is_refused(content: bytes) -> None:
    with pytest.raises(json.JSONDecodeError):
        read_snapshot(content)
