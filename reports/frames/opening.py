"""What an open report may be computed from."""

from __future__ import annotations

import pandas as pd

from reports.frames.building import Frames
from reports.frames.schema import SCHEMAS, SEALED_FRAMES


def opened(frames: Frames) -> Frames:
    """The frames without anything sealed: sealed frames lose all rows, sealed columns all values.

    Whatever is computed from these cannot depend on the arm, because the arm is no longer there.
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
    """All missing; a category's own words go as well."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        return pd.Series(pd.Categorical([None] * len(series), categories=[]), index=series.index)
    return pd.Series([None] * len(series), index=series.index, dtype=series.dtype)


def _unsealed_mismatches(mismatches: pd.DataFrame) -> pd.DataFrame:
    return mismatches[~mismatches["is_sealed"]].reset_index(drop=True)
