import json
from typing import Any

import pytest

from interchange.rules import UnreadableFileError, parse_dataset_json


def make_content(**changes: Any) -> dict[str, Any]:
    columns = [
        {"itemOID": "IT.USUBJID", "name": "USUBJID", "label": "Participant", "dataType": "string"},
        {"itemOID": "IT.AESEQ", "name": "AESEQ", "label": "Sequence", "dataType": "integer"},
    ]
    content = {
        "datasetJSONCreationDateTime": "2025-01-01T00:00:00",
        "datasetJSONVersion": "1.1.0",
        "itemGroupOID": "IG.AE",
        "records": 2,
        "name": "AE",
        "label": "Adverse Events",
        "columns": columns,
        "rows": [["P1", 1], ["P2", None]],
    }
    return content | changes


def parse(content: Any) -> Any:
    return parse_dataset_json("ae", "ae.json", json.dumps(content).encode())


def test_rows_are_numbered_from_one_and_null_is_missing() -> None:
    dataset = parse(make_content())

    assert [(row.line, dict(row.values)) for row in dataset.rows] == [
        (1, {"USUBJID": "P1", "AESEQ": "1"}),
        (2, {"USUBJID": "P2", "AESEQ": ""}),
    ]


@pytest.mark.parametrize(
    "key",
    [
        "datasetJSONCreationDateTime",
        "datasetJSONVersion",
        "itemGroupOID",
        "records",
        "name",
        "label",
        "columns",
    ],
)
def test_missing_required_attribute_is_refused_by_name(key: str) -> None:
    content = make_content()
    del content[key]

    with pytest.raises(UnreadableFileError) as refusal:
        parse(content)

    assert refusal.value.bad_rows[0].variable == key


@pytest.mark.parametrize("key", ["itemOID", "name", "label", "dataType"])
def test_missing_column_attribute_is_refused_by_name(key: str) -> None:
    content = make_content()
    del content["columns"][1][key]

    with pytest.raises(UnreadableFileError) as refusal:
        parse(content)

    assert refusal.value.bad_rows[0].variable == f"columns.{key}"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"datasetJSONVersion": "2.0.0"}, "not 1.1"),
        ({"name": "DM"}, "promises"),
        ({"records": 3}, "number of rows"),
        ({"rows": None}, "number of rows"),
        ({"columns": []}, "list of columns"),
        ({"columns": [{"itemOID": "a", "name": "A", "label": "a", "dataType": "text"}]}, "type is none of"),
    ],
)
def test_wrong_attribute_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason):
        parse(make_content(**changes))


@pytest.mark.parametrize(
    "row", [["P1"], ["P1", 1, 2], "P1", [1, 1], ["P1", True], ["P\x00", 1], ["\ud800", 1]]
)
def test_row_of_another_shape_or_type_is_a_bad_row(row: Any) -> None:
    dataset = parse(make_content(rows=[["P1", 1], row]))

    assert [bad.line for bad in dataset.bad_rows] == [2]


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"a": NaN}', b"\xff\xfe"])
def test_text_that_is_no_object_of_json_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        parse_dataset_json("ae", "ae.json", data)
