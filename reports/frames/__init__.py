"""The canonical frames of a board report: the content of a snapshot, and the input of every table.

A snapshot is plain JSON. Under each name of `SCHEMAS` it has either a list of rows (one mapping per row) or one mapping
of columns (`{"participant": [...], ...}`), the smaller form for many rows. `frames_from` checks it against the schema
and returns `Frames`. `opened` removes everything that could reveal the arm.
"""

from reports.frames.building import FrameError, Frames, frames_from
from reports.frames.columns import Column, Schema
from reports.frames.opening import opened
from reports.frames.reading import read_snapshot
from reports.frames.schema import SCHEMAS, SEALED_FRAMES, schema_as_text

__all__ = [
    "SCHEMAS",
    "SEALED_FRAMES",
    "Column",
    "FrameError",
    "Frames",
    "Schema",
    "frames_from",
    "opened",
    "read_snapshot",
    "schema_as_text",
]
