"""How a snapshot has rows: few as rows, many by columns.

Both read back as the same frame, null and signed zero too.
"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pandas as pd
import pytest

from reports.frames import read_snapshot
from reports.frames.writing import MANY_ROWS, frame_json, moment_text
from reports.rendering.document import canonical_bytes


def row(number: int) -> dict[str, Any]:
    return {
        "participant": f"P{number}",
        "treated": True,
        "died": False,
        "safety_population": (None, True, False)[number % 3],
        "enrolment_number": None if number % 5 == 0 else number,
        "weight_kg": (0.0, -0.0, None, 2.5)[number % 4],
        "site": "01",
        "received_arm": ("A", None, "“é”")[number % 3],
    }


def test_few_rows_are_written_as_they_are():
    rows = [row(number) for number in range(MANY_ROWS - 1)]

    assert frame_json(rows) is rows
    assert frame_json([]) == []


def test_many_rows_are_written_by_columns():
    rows = [row(number) for number in range(MANY_ROWS)]

    written = frame_json(rows)

    assert written == {name: [each[name] for each in rows] for name in row(0)}
    assert b'"weight_kg":[0.0,-0.0,null,2.5,0.0' in canonical_bytes(written)


def test_both_ways_read_back_as_the_same_frame():
    rows = [row(number) for number in range(MANY_ROWS)]

    by_columns, by_rows = (
        read_snapshot(canonical_bytes({"frames": {"participants": frame}}))[1].participants
        for frame in (frame_json(rows), rows)
    )

    pd.testing.assert_frame_equal(by_columns, by_rows)


def test_a_number_that_json_has_no_word_for_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        canonical_bytes({"frames": {"deaths": frame_json([{"age": float("nan")}])}})


def test_moments_are_written_in_utc():
    paris = timezone(timedelta(hours=2))

    assert moment_text(datetime(2020, 4, 6, 10, 0, 0, 5, tzinfo=paris)) == "2020-04-06T08:00:00.000005Z"
    assert moment_text(datetime(2020, 4, 6, tzinfo=UTC)) == "2020-04-06T00:00:00Z"
    assert moment_text(None) is None
