"""Reads one data set from CDISC Dataset-JSON 1.1 (final of 2024-12-05), after checking its shape against the standard."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from interchange.rules.delimited import decode
from interchange.rules.rows import NO_LINE, BadRow, Dataset, Row, UnreadableFileError, tidy_columns

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


def parse_dataset_json(name: str, file: str, data: bytes) -> Dataset:
    """The data set in a Dataset-JSON file. Raises UnreadableFileError when a required attribute is missing or wrong."""
    content = _content(file, data)
    _check_attributes(name, file, content)
    columns = tidy_columns(file, [column["name"] for column in content["columns"]])
    types = [column["dataType"] for column in content["columns"]]
    written = content.get("rows", [])
    if not isinstance(written, list) or len(written) != content["records"]:
        _refuse(file, "records", content["records"], "the attribute is not the number of rows")
    results = [_row(file, columns, types, number, values) for number, values in enumerate(written, start=1)]
    rows = tuple(result for result in results if isinstance(result, Row))
    bad = tuple(result for result in results if isinstance(result, BadRow))
    return Dataset(name, file, columns, rows, bad)


def _refuse(file: str, variable: str, value: object, reason: str) -> NoReturn:
    raise UnreadableFileError(BadRow(file, NO_LINE, variable, str(value), reason))


def _content(file: str, data: bytes) -> Mapping[str, Any]:
    text = decode(file, data)
    try:
        content = json.loads(
            text, parse_constant=lambda word: _refuse(file, "", word, "the number is not finite")
        )
    except json.JSONDecodeError as error:
        raise UnreadableFileError(
            BadRow(file, error.lineno, "", "", f"the file is not JSON ({error.msg})")
        ) from error
    except RecursionError as error:
        raise UnreadableFileError(BadRow(file, NO_LINE, "", "", "the file is nested too deeply")) from error
    if not isinstance(content, dict):
        _refuse(file, "", "", "the file is not a Dataset-JSON object")
    return content


def _check_attributes(name: str, file: str, content: Mapping[str, Any]) -> None:
    for key in REQUIRED_KEYS:
        if key not in content:
            _refuse(file, key, "", "Dataset-JSON 1.1 requires the attribute")
    if not str(content["datasetJSONVersion"]).startswith(VERSION_PREFIX):
        _refuse(file, "datasetJSONVersion", content["datasetJSONVersion"], "the version is not 1.1")
    if str(content["name"]).lower() != name:
        _refuse(file, "name", content["name"], f"the file's name promises the data set {name.upper()}")
    columns = content["columns"]
    if not isinstance(columns, list) or not columns:
        _refuse(file, "columns", "", "the attribute is not a list of columns")
    for column in columns:
        _check_column(file, column)


def _check_column(file: str, column: Any) -> None:
    if not isinstance(column, dict):
        _refuse(file, "columns", column, "a column is not an object")
    for key in REQUIRED_COLUMN_KEYS:
        if not isinstance(column.get(key), str):
            _refuse(file, f"columns.{key}", column.get("name", ""), "Dataset-JSON 1.1 requires the attribute")
    if column["dataType"] not in DATA_TYPES:
        _refuse(
            file,
            "columns.dataType",
            column["dataType"],
            f"the type is none of {', '.join(sorted(DATA_TYPES))}",
        )


def _row(file: str, columns: tuple[str, ...], types: list[str], number: int, values: Any) -> Row | BadRow:
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
    return Row(file, number, dict(zip(columns, map(_text, values), strict=True)))


def _has_type(value: Any, kind: str) -> bool:
    if value is None:
        return True
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in TEXT_TYPES:
        return isinstance(value, str)
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_text(value: str) -> bool:
    """Whether a string of JSON can be stored: no zero character, no half of a surrogate pair."""
    return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Y" if value else "N"
    return str(value).strip()
