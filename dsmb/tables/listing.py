"""Rows of a frame as plain values for a listing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dsmb.tables.layout import Cell


def listed(frame: pd.DataFrame, columns: Sequence[str]) -> list[Cell]:
    """One mapping per row with the given columns, in order; what is missing is None."""
    values = [plain_values(frame[name]) for name in columns]
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]


def plain_values(series: pd.Series) -> list[Any]:
    """The values of a column as JSON knows them; None where missing, instants as ISO 8601 in UTC."""
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        texts = [moment.isoformat().replace("+00:00", "Z") for moment in series.dropna()]
        series = pd.Series(texts, index=series.dropna().index, dtype="object").reindex(series.index)
    plain = series.astype("object")
    return plain.where(plain.notna(), None).tolist()
