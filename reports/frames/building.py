"""Conversion of the plain JSON of a snapshot to checked data frames."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from reports.frames.columns import Column, Kind, Schema
from reports.frames.schema import SCHEMAS

Rows = Sequence[Mapping[str, Any]]
Columns = Mapping[str, Sequence[Any] | pd.Series]
Found = TypeVar("Found")

_RULES: dict[Kind, str] = {
    "key": "is not text",
    "text": "is not text",
    "integer": "is not a whole number",
    "number": "is not a finite number",
    "flag": "is not true, false or null",
    "moment": "is not an instant in ISO 8601 with offset",
    "date": "is not a day in ISO 8601",
}


class FrameError(ValueError):
    """A frame breaks its schema: frame, row, column, value and rule."""


@dataclass(frozen=True)
class Frames:
    """The frames of one snapshot: one data frame per schema, with the schema's columns in its order."""

    participants: pd.DataFrame
    participant_strata: pd.DataFrame
    infusions: pd.DataFrame
    doses: pd.DataFrame
    batches: pd.DataFrame
    adverse_events: pd.DataFrame
    deaths: pd.DataFrame
    haemodynamic_evaluations: pd.DataFrame
    haemodynamic_findings: pd.DataFrame
    haemodynamic_readings: pd.DataFrame
    antibodies: pd.DataFrame
    dsa_findings: pd.DataFrame
    antibody_sera: pd.DataFrame
    specimens: pd.DataFrame
    daily_assessments: pd.DataFrame
    follow_up: pd.DataFrame
    deviations: pd.DataFrame
    product_deviations: pd.DataFrame
    event_changes: pd.DataFrame
    mismatches: pd.DataFrame
    unblindings: pd.DataFrame
    arm_key_openings: pd.DataFrame
    boundary_alerts: pd.DataFrame

    @cached_property
    def _found(self) -> dict[Hashable, Any]:
        return {}

    def once(self, what: Hashable, find: Callable[[], Found]) -> Found:
        """A value computed from these frames once; `what` is its key, with all other inputs."""
        if what not in self._found:
            self._found[what] = find()
        found: Found = self._found[what]
        return found


def frames_from(content: Mapping[str, Rows | Columns]) -> Frames:
    """The frames of a snapshot's content; a missing frame has no rows.

    Raises FrameError for an unknown frame or column, a wrong value, a repeated key, or a row of an unknown
    participant.
    """
    unknown = sorted(set(content) - set(SCHEMAS))
    if unknown:
        raise FrameError(f"{unknown[0]}: is not the name of a frame.")
    return frames_of({name: frame_of(SCHEMAS[name], given) for name, given in content.items()})


def frames_of(built: Mapping[str, pd.DataFrame]) -> Frames:
    """The given frames, and the others without rows; refuses a row of an unknown participant."""
    every = {name: built[name] if name in built else frame_of(schema, ()) for name, schema in SCHEMAS.items()}
    _refuse_strangers(every)
    return Frames(**every)


def frame_of(schema: Schema, given: Rows | Columns) -> pd.DataFrame:
    """One frame from its rows, or from its columns, each a list of values or a result of `series_of`."""
    columns = given if isinstance(given, Mapping) else _columns_of(schema, given)
    _refuse_shape(schema, columns)
    length = len(next(iter(columns.values()), ()))
    series = {
        c.name: _made(schema, c, columns[c.name]) if c.name in columns else _absent(schema, c, length)
        for c in schema.columns
    }
    frame = pd.DataFrame(series, copy=False)
    _refuse_repeats(schema, frame)
    return frame


def _made(schema: Schema, column: Column, values: Sequence[Any] | pd.Series) -> pd.Series:
    return values if isinstance(values, pd.Series) else series_of(schema, column, values)


def _columns_of(schema: Schema, rows: Rows) -> Columns:
    known = set(schema.column_names)
    for number, row in enumerate(rows, start=1):
        if not known.issuperset(row):
            name = sorted(set(row) - known)[0]
            raise FrameError(f"{schema.name}, row {number}: {name} is not a column of this frame.")
    return {name: [row.get(name) for row in rows] for name in schema.column_names}


def _refuse_shape(schema: Schema, columns: Columns) -> None:
    unknown = sorted(set(columns) - set(schema.column_names))
    if unknown:
        raise FrameError(f"{schema.name}: {unknown[0]} is not a column of this frame.")
    if len({len(values) for values in columns.values()}) > 1:
        raise FrameError(f"{schema.name}: the columns differ in length.")


def series_of(schema: Schema, column: Column, values: Sequence[Any]) -> pd.Series:
    """One column of a frame, checked; raises FrameError with the first value that breaks its rule."""
    try:
        series = _READERS[column.kind](values)
    except (TypeError, ValueError, OverflowError) as error:
        raise FrameError(_first_fault(schema, column, values)) from error
    _refuse_missing(schema, column, series)
    _refuse_values_outside(schema, column, series)
    return series


def _absent(schema: Schema, column: Column, length: int) -> pd.Series:
    """A missing column: missing throughout, of the right type."""
    texts = pd.Series([None] * length, dtype="object")
    series = texts if column.kind == "text" else _READERS[column.kind]([]).reindex(range(length))
    _refuse_missing(schema, column, series)
    return series


def _first_fault(schema: Schema, column: Column, values: Sequence[Any]) -> str:
    for number, value in enumerate(values, start=1):
        try:
            _READERS[column.kind]([value])
        except (TypeError, ValueError, OverflowError):
            return f"{schema.name}, row {number}, {column.name}: {value!r} {_RULES[column.kind]}."
    return f"{schema.name}, {column.name}: the values {_RULES[column.kind]} throughout."


def _refuse_missing(schema: Schema, column: Column, series: pd.Series) -> None:
    if column.required and (missing := series.isna().to_numpy()).any():
        number = int(missing.argmax()) + 1
        raise FrameError(f"{schema.name}, row {number}, {column.name}: null, but the value is required.")


def _refuse_values_outside(schema: Schema, column: Column, series: pd.Series) -> None:
    if not column.allowed:
        return
    wrong = (series.notna() & ~series.isin(column.allowed)).to_numpy()
    if wrong.any():
        number = int(wrong.argmax())
        allowed = ", ".join(column.allowed)
        raise FrameError(
            f"{schema.name}, row {number + 1}, {column.name}: {series.iloc[number]!r} is none of {allowed}."
        )


def _refuse_repeats(schema: Schema, frame: pd.DataFrame) -> None:
    if not schema.unique or frame.empty:
        return
    key = frame.groupby(list(schema.unique), sort=False, observed=True, dropna=False).ngroup()
    repeated = key.duplicated().to_numpy()
    if repeated.any():
        number = int(repeated.argmax())
        value = ", ".join(f"{name} {frame[name].iloc[number]}" for name in schema.unique)
        raise FrameError(f"{schema.name}, row {number + 1}: {value} occurs twice.")


def _refuse_strangers(built: Mapping[str, pd.DataFrame]) -> None:
    known = built["participants"]["participant"].cat.categories
    for name, frame in built.items():
        if "participant" not in frame:
            continue
        strangers = frame["participant"].cat.categories.difference(known)
        if len(strangers):
            raise FrameError(f"{name}: participant {strangers[0]!r} is not among the participants.")


def _read_key(values: Sequence[Any]) -> pd.Series:
    codes, words = pd.factorize(np.asarray(_only(values, str), dtype=object))
    order = np.argsort(words.astype(str), kind="stable") if len(words) else np.array([], dtype=np.int64)
    rank = np.empty(len(words) + 1, dtype=np.int64)
    rank[order] = np.arange(len(words))
    rank[-1] = -1
    return pd.Series(
        pd.Categorical.from_codes(rank[codes], categories=pd.Index(words[order], dtype="object"))
    )


def _read_text(values: Sequence[Any]) -> pd.Series:
    return pd.Series(_only(values, str), dtype="object")


def _read_integer(values: Sequence[Any]) -> pd.Series:
    return pd.Series(pd.array(_only(values, int), dtype="Int64"))


def _read_number(values: Sequence[Any]) -> pd.Series:
    series = pd.Series(_only(values, (int, float)), dtype="float64")
    if np.isinf(series.to_numpy()).any():
        raise ValueError("infinite")
    return series


def _read_flag(values: Sequence[Any]) -> pd.Series:
    return pd.Series(pd.array(_only(values, bool), dtype="boolean"))


def _read_moment(values: Sequence[Any]) -> pd.Series:
    texts = pd.Series(_only(values, str), dtype="object")
    if not (texts.isna() | texts.str.contains(r"T.*(?:Z|[+-]\d\d:?\d\d)$", regex=True, na=False)).all():
        raise ValueError("no offset")
    return pd.to_datetime(texts, utc=True, format="ISO8601").astype("datetime64[us, UTC]")


def _read_date(values: Sequence[Any]) -> pd.Series:
    return pd.to_datetime(pd.Series(_only(values, str), dtype="object"), format="%Y-%m-%d").astype(
        "datetime64[us]"
    )


def _only(values: Sequence[Any], kinds: type | tuple[type, ...]) -> Sequence[Any]:
    """The values, when each is missing or of one of the kinds; a bool is no number."""
    boolean_is_wanted = kinds is bool
    found = set(map(type, values))
    found.discard(type(None))
    for kind in found:
        if not issubclass(kind, kinds) or (issubclass(kind, bool) and not boolean_is_wanted):
            raise TypeError(kind.__name__)
    return values


_READERS = {
    "key": _read_key,
    "text": _read_text,
    "integer": _read_integer,
    "number": _read_number,
    "flag": _read_flag,
    "moment": _read_moment,
    "date": _read_date,
}
