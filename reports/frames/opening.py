"""The input of an open report."""

from __future__ import annotations

import pandas as pd

from reports.frames.building import Frames
from reports.frames.schema import SCHEMAS, SEALED_FRAMES


def opened(frames: Frames) -> Frames:
    """The frames without anything sealed: sealed frames lose all rows, sealed columns all values.

    A result computed from these cannot depend on the arm, because they do not contain it.
    """
    kept = {name: _without_sealed(name, getattr(frames, name)) for name in SCHEMAS}
    kept["mismatches"] = _unsealed_mismatches(kept["mismatches"])
    return Frames(**kept)


def _without_sealed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    if name in SEALED_FRAMES:
        return frame.iloc[:0]
    blanks = {column.name: _blank(frame[column.name]) for column in SCHEMAS[name].columns if column.sealed}
    return frame.assign(**blanks)


def _blank(series: pd.Series) -> pd.Series:
    """All missing; the words of a category are removed as well."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        return pd.Series(pd.Categorical([None] * len(series), categories=[]), index=series.index)
    return pd.Series([None] * len(series), index=series.index, dtype=series.dtype)


def _unsealed_mismatches(mismatches: pd.DataFrame) -> pd.DataFrame:
    return mismatches[~mismatches["is_sealed"]].reset_index(drop=True)
