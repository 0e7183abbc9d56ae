"""Rows of a frame as plain values for a listing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dsmb.tables.layout import Cell


def listed(frame: pd.DataFrame, columns: Sequence[str]) -> list[Cell]:
    """One mapping per row with the given columns, in order; what is missing is None."""
    values = {name: [value_of(value) for value in frame[name].astype("object")] for name in columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*values.values(), strict=True)]


def value_of(value: Any) -> Any:
    """A plain value for JSON: None when missing, an instant as ISO 8601 in UTC."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat().replace("+00:00", "Z")
    return value.item() if hasattr(value, "item") else value
