"""Rows held by columns are the rows they were made of, and written they are the bytes of those rows' columns."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from reports.frames.held import Held, Moments, MomentTexts, Plain, Wholes, gathered, mapped, words_of
from reports.frames.writing import snapshot_pieces, written_together
from reports.models.reports import SnapshotField
from reports.rendering.document import canonical_bytes, sha256_hex
from reports.rules.packing import PACKED_FROM, pack_together, packed, unpacked

BEGIN = datetime(1900, 1, 1, tzinfo=UTC)
TEXTS = ("Hypotension", "", None, '“é” \\ "q"', "\u2028")


def row(number: int) -> dict[str, Any]:
    moment = None if number % 7 == 0 else BEGIN + timedelta(hours=number, microseconds=number % 3)
    return {
        "text": TEXTS[number % len(TEXTS)],
        "flag": (None, True, False)[number % 3],
        "whole": None if number % 5 == 0 else number,
        "moment": moment,
        "number": (0.0, -0.0, None, 2.5)[number % 4],
    }


def held(rows: list[dict[str, Any]]) -> Held:
    return Held(
        {
            "text": words_of([row["text"] for row in rows]),
            "flag": words_of([row["flag"] for row in rows]),
            "whole": Wholes.of([row["whole"] for row in rows]),
            "moment": Moments.of([row["moment"] for row in rows]),
            "number": Plain([row["number"] for row in rows]),
        }
    )


def test_held_rows_are_the_rows():
    rows = [row(number) for number in range(100)]

    whole = held(rows)

    assert list(whole) == rows
    assert whole[3] == rows[3]
    assert list(whole[10:20]) == rows[10:20]
    assert whole == rows
    assert whole != [*rows[:-1], row(1)]


def test_rows_are_taken_replaced_and_followed():
    rows = [row(number) for number in range(100)]
    others = [{**row(number), "text": f"new {number}"} for number in (300, 301)]

    whole = held(rows)

    assert list(whole.taken(np.array([5, 3]))) == [rows[5], rows[3]]
    assert list(whole.taken(np.arange(100) < 2)) == rows[:2]
    assert list(whole.replaced(np.array([0, 99]), others)) == [others[0], *rows[1:99], others[1]]
    assert list(whole.followed_by(others)) == [*rows, *others]
    assert list(whole) == rows


def test_what_follows_from_few_values_is_found_once_for_each_of_them():
    asked: list[Any] = []

    def joined(one: str, other: int) -> str:
        asked.append((one, other))
        return f"{one}{other}"

    found = mapped(joined, words_of(["a", "b", "a", "a"]), words_of([1, 1, 1, 2]))

    assert found.listed() == ["a1", "b1", "a1", "a2"]
    assert len(asked) == 3


@pytest.mark.parametrize("count", [9, 10, 11, 25_000])
def test_many_rows_are_held_and_few_are_a_list(count):
    rows = [
        {name: value for name, value in row(number).items() if name != "moment"} for number in range(count)
    ]

    found = gathered(iter(rows), many=10, plain=frozenset({"number"}))

    assert isinstance(found, Held) == (count >= 10)
    assert list(found) == rows


@pytest.mark.parametrize("count", [1, 99, 100, 101, 1000])
def test_held_frames_are_written_as_their_columns(count):
    rows = [row(number) for number in range(count)]
    texts = [
        None if row["moment"] is None else row["moment"].isoformat().replace("+00:00", "Z") for row in rows
    ]
    frame = Held({**held(rows).columns, "moment": MomentTexts.of(texts)})
    columns = {name: [row[name] for row in rows] for name in rows[0]} | {"moment": texts}
    few = [{"participant": "P1", "level": None}]
    shared = {"adverse_events": frame, "deaths": [], "strata": few}
    plain = {"adverse_events": columns, "deaths": [], "strata": few}

    opened, closed = pack_together(
        written_together(
            [{"kind": "open", "frames": shared}, {"kind": "closed", "frames": shared, "arms": ["A"]}],
            rows=100,
        )
    )

    assert opened.content == canonical_bytes({"kind": "open", "frames": plain})
    assert closed.content == canonical_bytes({"kind": "closed", "frames": plain, "arms": ["A"]})
    assert closed.sha256 == sha256_hex(closed.content)
    assert b"".join(snapshot_pieces({"frames": {}})) == canonical_bytes({"frames": {}})


def test_a_number_that_json_has_no_word_for_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        b"".join(snapshot_pieces({"frames": {"deaths": Held({"age": Plain([float("nan")])})}}))


@pytest.mark.parametrize("length", [1, PACKED_FROM - 1, PACKED_FROM, PACKED_FROM + 1])
def test_large_snapshots_are_packed_and_come_back(length):
    content = b"{" + b"a" * (length - 1)

    (kept,) = pack_together([iter([content[:100], content[100:]])])

    assert kept.content == unpacked(packed(content)) == unpacked(packed(packed(content))) == content
    assert kept.length == length
    assert (len(kept.kept) < length) == (length >= PACKED_FROM)
    assert kept.kept.startswith(b"{") == (length < PACKED_FROM)


@pytest.mark.parametrize("broken", [lambda kept: kept[:-1], lambda kept: kept[:40] + b"?" + kept[41:]])
def test_packed_bytes_that_were_changed_are_given_back_as_they_are(broken):
    kept = broken(packed(b"{" + b"ab" * PACKED_FROM + b"}"))

    assert SnapshotField().from_db_value(kept, None, None) == kept
    assert SnapshotField().from_db_value(None, None, None) is None
