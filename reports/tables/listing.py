"""Rows of a frame as plain values for a listing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from reports.tables.layout import Cell, Table

MOST_ROWS = 5_000
"""Of a listing, also in the JSON document: more lines than a board can read in any of its meetings (own choice)."""

LEFT_OUT = (
    "{n} more lines are left out here: the counts include them, and the frozen snapshot holds every row."
)


def listed(frame: pd.DataFrame, columns: Sequence[str]) -> list[Cell]:
    """One mapping per row with the given columns, in order; missing values are None."""
    values = [plain_values(frame[name]) for name in columns]
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]


def fill(table: Table, frame: pd.DataFrame) -> None:
    """The frame's rows as the table's lines, in its named columns; of very many the first."""
    table.rows = listed(frame.head(MOST_ROWS), [column["id"] for column in table.columns])
    table.note_if(
        max(len(frame) - MOST_ROWS, 0),
        LEFT_OUT,
    )


def plain_values(series: pd.Series) -> list[Any]:
    """The values of a column as JSON knows them; None where missing, instants as ISO 8601 in UTC."""
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        texts = [moment.isoformat().replace("+00:00", "Z") for moment in series.dropna()]
        series = pd.Series(texts, index=series.dropna().index, dtype="object").reindex(series.index)
    plain = series.to_numpy(dtype=object, copy=True)
    plain[pd.isna(plain)] = None
    return list(plain)
