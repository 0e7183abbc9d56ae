"""Reads one data set from CDISC Dataset-JSON 1.1 (final of 2024-12-05), as JSON or NDJSON, after checking its shape.

The attribute `records` proves the end: a file with fewer or more rows is refused.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from interchange.rules.delimited import decode
from interchange.rules.limits import MOST_DIGITS, check_columns
from interchange.rules.rows import NO_LINE, BadRow, Dataset, SourceRow, UnreadableFileError, tidy_columns

REQUIRED_KEYS = (
    "datasetJSONCreationDateTime",
    "datasetJSONVersion",
    "itemGroupOID",
    "records",
    "name",
    "label",
    "columns",
)
REQUIRED_COLUMN_KEYS = ("itemOID", "name", "label", "dataType")
NUMERIC_TYPES = frozenset({"integer", "decimal", "float", "double"})
TEXT_TYPES = frozenset({"string", "datetime", "date", "time", "URI"})
DATA_TYPES = NUMERIC_TYPES | TEXT_TYPES | {"boolean"}
VERSION_PREFIX = "1.1"
OLDER_KEYS = ("clinicalData", "referenceData")  # what only Dataset-JSON 1.0 has


class Number(str):
    """A number of JSON as written: it is not rounded, and a number of thousands of digits is never computed with."""

    __slots__ = ()


def parse_dataset_json(name: str, file: str, data: bytes) -> Dataset:
    """The data set in a Dataset-JSON file.

    Raises UnreadableFileError when a required attribute is missing or wrong.
    """
    content = _object(file, _decoded(file, 1, decode(file, data)))
    _check_attributes(name, file, content)
    written = content.get("rows", [])
    if not isinstance(written, list):
        _refuse(file, "records", content["records"], "there is no list with this number of rows")
    return _dataset(name, file, content, enumerate(written, start=1))


def parse_dataset_ndjson(name: str, file: str, data: bytes) -> Dataset:
    """The data set in a Dataset-JSON file of lines: the attributes on the first, then one row on each."""
    lines = [(number, line) for number, line in enumerate(decode(file, data).split("\n"), 1) if line.strip()]
    if not lines:
        _refuse(file, "", "", "the file is empty")
    content = _object(file, _decoded(file, *lines[0]))
    _check_attributes(name, file, content)
    if "rows" in content:
        _refuse(
            file,
            "rows",
            "",
            "the first line of NDJSON has the attributes alone; the rows follow, one on a line",
        )
    return _dataset(
        name, file, content, ((number, _decoded(file, number, line)) for number, line in lines[1:])
    )


def _dataset(name: str, file: str, content: Mapping[str, Any], written: Iterable[tuple[int, Any]]) -> Dataset:
    columns = tidy_columns(file, [column["name"] for column in content["columns"]])
    types = [column["dataType"] for column in content["columns"]]
    results = [_row(file, columns, types, number, values) for number, values in written]
    if str(content["records"]) != str(len(results)):
        reason = f"the attribute is not the number of rows, {len(results)}; the file may be cut"
        _refuse(file, "records", content["records"], reason)
    rows = tuple(result for result in results if isinstance(result, SourceRow))
    bad = tuple(result for result in results if isinstance(result, BadRow))
    return Dataset(name, file, columns, rows, bad)


def _refuse(file: str, variable: str, value: object, reason: str) -> NoReturn:
    raise UnreadableFileError(BadRow(file, NO_LINE, variable, str(value)[:MOST_DIGITS], reason))


def _decoded(file: str, line: int, text: str) -> Any:
    """The JSON value of a text. Its numbers stay as written; a number with too many digits refuses the file."""

    def number(written: str) -> Number:
        if len(written) > MOST_DIGITS:
            reason = f"a number has {len(written)} characters, and at most {MOST_DIGITS} are read"
            raise UnreadableFileError(BadRow(file, line, "", written[:MOST_DIGITS], reason))
        return Number(written)

    def no_number(written: str) -> NoReturn:
        raise UnreadableFileError(BadRow(file, line, "", written, "the number is not finite"))

    try:
        return json.loads(text, parse_int=number, parse_float=number, parse_constant=no_number)
    except json.JSONDecodeError as error:
        place = line + error.lineno - 1
        reason = f"the file is not JSON, or cut ({error.msg})"
        raise UnreadableFileError(BadRow(file, place, "", "", reason)) from error
    except RecursionError as error:
        raise UnreadableFileError(BadRow(file, line, "", "", "the file is nested too deeply")) from error


def _object(file: str, content: Any) -> Mapping[str, Any]:
    if not isinstance(content, dict):
        _refuse(file, "", "", "the file is not a Dataset-JSON object")
    return content


def _check_attributes(name: str, file: str, content: Mapping[str, Any]) -> None:
    version = content.get("datasetJSONVersion", "")
    if any(key in content for key in OLDER_KEYS) or str(version).startswith("1.0"):
        reason = "the file is Dataset-JSON 1.0; version 1.1 is read, so export it as that, as CSV or as SAS transport file"
        _refuse(file, "datasetJSONVersion", version, reason)
    for key in REQUIRED_KEYS:
        if key not in content:
            _refuse(file, key, "", "Dataset-JSON 1.1 requires the attribute")
    if not str(version).startswith(VERSION_PREFIX):
        _refuse(file, "datasetJSONVersion", version, "the version is not 1.1")
    if str(content["name"]).lower() != name:
        _refuse(file, "name", content["name"], f"the file's name promises the data set {name.upper()}")
    columns = content["columns"]
    if not isinstance(columns, list) or not columns:
        _refuse(file, "columns", "", "the attribute is not a list of columns")
    check_columns(file, len(columns))
    for column in columns:
        _check_column(file, column)


def _check_column(file: str, column: Any) -> None:
    if not isinstance(column, dict):
        _refuse(file, "columns", column, "a column is not an object")
    for key in REQUIRED_COLUMN_KEYS:
        if not _is_string(column.get(key)):
            _refuse(file, f"columns.{key}", column.get("name", ""), "Dataset-JSON 1.1 requires the attribute")
    if column["dataType"] not in DATA_TYPES:
        _refuse(
            file,
            "columns.dataType",
            column["dataType"],
            f"the type is none of {', '.join(sorted(DATA_TYPES))}",
        )


def _row(
    file: str, columns: tuple[str, ...], types: list[str], number: int, values: Any
) -> SourceRow | BadRow:
    if not isinstance(values, list) or len(values) != len(columns):
        count = len(values) if isinstance(values, list) else 0
        return BadRow(
            file, number, "", "", f"the record has {count} values, the file has {len(columns)} columns"
        )
    for column, kind, value in zip(columns, types, values, strict=True):
        if not _has_type(value, kind):
            return BadRow(file, number, column, ascii(value), f"the value is not of the column's type {kind}")
        if isinstance(value, str) and not _is_text(value):
            return BadRow(file, number, column, ascii(value), "the text holds characters that are none")
    return SourceRow(file, number, dict(zip(columns, map(_text, values), strict=True)))


def _is_string(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, Number)


def _has_type(value: Any, kind: str) -> bool:
    if value is None:
        return True
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in TEXT_TYPES:
        return _is_string(value)
    return isinstance(value, str)


def _is_text(value: str) -> bool:
    """Whether a string of JSON can be stored: no zero character, no half of a surrogate pair."""
    return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Y" if value else "N"
    return str(value).strip()
