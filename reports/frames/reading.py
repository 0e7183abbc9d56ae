"""Reading a frozen snapshot with little memory: one column of one frame at a time.

A snapshot of a million events is a hundred megabytes of JSON, and a gigabyte as Python's lists of texts. Each column is
converted to its compact form before the next is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from json import JSONDecodeError, JSONDecoder
from typing import Any

import pandas as pd

from reports.frames.building import FrameError, Frames, frame_of, frames_of, series_of
from reports.frames.schema import SCHEMAS

SPACE = re.compile(r"[ \t\r\n]*")
FRAMES = "frames"

Value = tuple[Any, int]
"""What was read, and the place behind it."""


def read_snapshot(content: bytes) -> tuple[dict[str, Any], Frames]:
    """Everything of a snapshot except its frames as plain JSON, and the frames, checked as in `frames_from`.

    Raises FrameError as `frames_from`, json.JSONDecodeError for bytes that are no JSON object.
    """
    text = content.decode()
    built: dict[str, pd.DataFrame] = {}

    def read(name: str, start: int) -> Value:
        if name != FRAMES:
            return _DECODER.raw_decode(text, start)
        return _object(text, start, lambda frame, place: _frame(text, frame, place, built))

    plain, _ = _object(text, _skip(text, 0), read)
    plain.pop(FRAMES, None)
    return plain, frames_of(built)


_DECODER = JSONDecoder()


def _frame(text: str, name: str, start: int, built: dict[str, pd.DataFrame]) -> Value:
    """One frame, by rows or by columns, added to `built`; its source is released."""
    schema = SCHEMAS.get(name)
    if schema is None:
        raise FrameError(f"{name}: is not the name of a frame.")
    if text[start] != "{":
        rows, end = _DECODER.raw_decode(text, start)
        built[name] = frame_of(schema, rows)
        return None, end
    columns = {column.name: column for column in schema.columns}

    def read(column: str, place: int) -> Value:
        values, end = _DECODER.raw_decode(text, place)
        if column not in columns:
            raise FrameError(f"{name}: {column} is not a column of this frame.")
        return series_of(schema, columns[column], values), end

    series, end = _object(text, start, read)
    built[name] = frame_of(schema, series)
    return None, end


def _object(text: str, start: int, read: Callable[[str, int], Value]) -> tuple[dict[str, Any], int]:
    """The members of the JSON object that begins at the place, each value read by its name."""
    members: dict[str, Any] = {}
    place = _skip(text, _expect(text, start, "{"))
    while text[place : place + 1] != "}":
        name, place = _DECODER.raw_decode(text, place)
        place = _skip(text, _expect(text, _skip(text, place), ":"))
        members[name], place = read(name, place)
        place = _skip(text, place)
        if text[place : place + 1] != "}":
            place = _skip(text, _expect(text, place, ","))
    return members, place + 1


def _skip(text: str, place: int) -> int:
    found = SPACE.match(text, place)
    return place if found is None else found.end()


def _expect(text: str, place: int, mark: str) -> int:
    if text[place : place + 1] != mark:
        raise JSONDecodeError(f"Expecting {mark!r}", text, place)
    return place + 1
