"""A file that was cut anywhere is refused or complete.

What is too large is refused in one sentence, before it is read.
"""

import json
import resource
import time
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from interchange.services.reading import Declared, Folder, read_folder

NOTHING = Declared()
TERMS = ["HEADACHE", "NAUSEA", "Œdème", "RASH"]


def frame() -> pd.DataFrame:
    count = len(TERMS)
    return pd.DataFrame(
        {
            "STUDYID": ["S"] * count,
            "DOMAIN": ["AE"] * count,
            "USUBJID": [f"P{each}" for each in range(count)],
            "AESEQ": [1.0] * count,
            "AETERM": TERMS,
            "AESTDTC": ["2024-01-11"] * count,
        }
    )


def content() -> dict:
    columns = [
        {"itemOID": f"IT.{c}", "name": c, "label": c, "dataType": "integer" if c == "AESEQ" else "string"}
        for c in frame().columns
    ]
    return {
        "datasetJSONCreationDateTime": "2026-01-01T00:00:00",
        "datasetJSONVersion": "1.1.0",
        "itemGroupOID": "IG.AE",
        "records": len(TERMS),
        "name": "AE",
        "label": "ae",
        "columns": columns,
    }


def rows() -> list[list]:
    return [[int(v) if isinstance(v, float) else v for v in row] for row in frame().to_numpy().tolist()]


def whole(path: Path, kind: str) -> bytes:
    """One valid file of four adverse events."""
    if kind.startswith("xpt"):
        version = int(kind[-1])
        pyreadstat.write_xport(frame(), str(path), table_name="AE", file_format_version=version)
        return path.read_bytes()
    if kind == "csv":
        return frame().to_csv(index=False).encode()
    if kind == "json":
        return json.dumps(content() | {"rows": rows()}).encode()
    return "\n".join(map(json.dumps, [content(), *rows()])).encode()


def refused(folder: Folder) -> list[str]:
    """Why the folder cannot be imported; empty when it can."""
    rows = [*folder.bad_rows, *(bad for dataset in folder.datasets.values() for bad in dataset.bad_rows)]
    return [bad.reason for bad in rows]


def read(folder: Path, suffix: str, data: bytes, declared: Declared = NOTHING) -> Folder:
    (folder / f"ae.{suffix}").write_bytes(data)
    return read_folder(folder, declared)


@pytest.mark.parametrize("kind", ["xpt5", "xpt8", "csv", "json", "ndjson"])
def test_a_file_cut_at_any_byte_is_refused_or_complete(tmp_path: Path, kind: str) -> None:
    suffix = kind.rstrip("58")
    data = whole(tmp_path / f"ae.{suffix}", kind)
    complete = read(tmp_path, suffix, data).datasets["ae"].rows
    ends_of_lines = {at + 1 for at, byte in enumerate(data) if byte == ord("\n")} if kind == "csv" else set()

    for end in set(range(len(data))) - ends_of_lines:  # a CSV file says nowhere how many lines it has
        folder = read(tmp_path, suffix, data[:end])
        named = [remark for remark in folder.remarks if remark.code == "end_not_proved"]
        if not named:
            assert refused(folder) or folder.datasets["ae"].rows == complete, f"{kind} cut at byte {end}"
        else:
            assert kind == "xpt5"
            assert (
                end == data.index(b"HEADER RECORD*******OBS") + 80
            )  # an empty file and a cut one look alike

    assert [row.values["AETERM"] for row in complete] == TERMS


@pytest.mark.parametrize("end", [1, 2, 3])
def test_lines_missing_from_a_csv_file_are_refused_where_the_sender_gave_their_number(
    tmp_path: Path, end: int
) -> None:
    lines = whole(tmp_path / "ae.csv", "csv").splitlines(keepends=True)

    folder = read(tmp_path, "csv", b"".join(lines[: end + 1]), Declared(records={"ae": 4}))

    assert [bad.reason for bad in folder.bad_rows] == [
        f"{end} records were read and 4 were declared; the file may be cut"
    ]


def test_a_transport_file_whose_end_nothing_proves_is_named(tmp_path: Path) -> None:
    fixed = frame().assign(AETERM=["x" * 37] * 4)  # 80 bytes a record: no padding at the end
    lengths = sum(8 if c == "AESEQ" else fixed[c].str.len().max() for c in fixed.columns)
    fixed["AETERM"] = ["x" * (37 + 80 - lengths % 80)] * 4
    pyreadstat.write_xport(fixed, str(tmp_path / "ae.xpt"), table_name="AE", file_format_version=5)
    data = (tmp_path / "ae.xpt").read_bytes()

    cut = read(tmp_path, "xpt", data[:-160])
    declared = read(tmp_path, "xpt", data[:-160], Declared(records={"ae": 4}))

    assert [(remark.code, remark.record) for remark in cut.remarks] == [("end_not_proved", "ae.xpt")]
    assert "may be cut" in declared.bad_rows[0].reason


def test_a_transport_file_of_two_data_sets_is_refused(tmp_path: Path) -> None:
    data = whole(tmp_path / "ae.xpt", "xpt5")

    folder = read(tmp_path, "xpt", data + data[240:])

    assert [bad.reason for bad in folder.bad_rows] == [
        "the file holds more than one data set; write each into a file of its own"
    ]


@pytest.mark.parametrize(
    ("suffix", "make", "reason"),
    [
        ("csv", lambda: b",".join(b"C%d" % n for n in range(100_000)) + b"\n1\n", "100000 columns"),
        ("ndjson", lambda: _wide().encode(), "1048576 bytes"),
        ("json", lambda: _wide().encode(), "100000 columns"),
        ("csv", lambda: b"STUDYID,AETERM\nS," + b"x" * 100 * 2**20 + b"\n", "1048576 bytes"),
        ("ndjson", lambda: b"x" * 100 * 2**20, "1048576 bytes"),
        ("csv", lambda: b"A,B\n" * (40 * 2**20), "at most 128 MiB"),
        ("json", lambda: b" " * 65 * 2**20, "at most 64 MiB"),
        ("json", lambda: _long_number(6000).encode(), "6000 characters"),
        ("ndjson", lambda: _long_line(6000).encode(), "6000 characters"),
    ],
    ids=["columns csv", "columns ndjson", "columns json", "line csv", "line ndjson", "size csv", "size json",
         "digits json", "digits ndjson"],
)  # fmt: skip
def test_what_is_too_large_is_refused_in_one_sentence(tmp_path: Path, suffix: str, make, reason: str) -> None:
    (tmp_path / f"ae.{suffix}").write_bytes(make())
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()

    folder = read_folder(tmp_path)

    assert len(folder.bad_rows) == 1
    assert reason in folder.bad_rows[0].reason
    assert time.monotonic() - began < 20  # seconds
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600 * 1024  # KiB


def _wide() -> str:
    column = {"itemOID": "a", "label": "a", "dataType": "string"}
    return json.dumps(content() | {"columns": [{**column, "name": f"C{n}"} for n in range(100_000)]})


def _long_number(digits: int) -> str:
    numbers = content() | {"columns": content()["columns"][3:4], "records": 1}
    return json.dumps(numbers | {"rows": [["X"]]}).replace('"X"', "7" * digits)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_each_usual_separator_is_found(tmp_path: Path, separator: str) -> None:
    folder = read(tmp_path, "csv", whole(tmp_path / "x", "csv").replace(b",", separator.encode()))

    assert [row.values["AETERM"] for row in folder.datasets["ae"].rows] == TERMS


@pytest.mark.parametrize("separator", ["^", "~", " "])
def test_another_separator_is_refused_by_name(tmp_path: Path, separator: str) -> None:
    folder = read(tmp_path, "csv", whole(tmp_path / "x", "csv").replace(b",", separator.encode()))

    (bad,) = folder.bad_rows
    assert (bad.value, bad.line) == (separator, 1)
    assert "not separated by comma, semicolon, tab or pipe" in bad.reason


@pytest.mark.parametrize("older", [{"datasetJSONVersion": "1.0.0"}, {"clinicalData": {}}])
def test_dataset_json_of_version_one_nought_is_called_so(tmp_path: Path, older: dict) -> None:
    folder = read(tmp_path, "json", json.dumps({"fileOID": "x", **older}).encode())

    assert "the file is Dataset-JSON 1.0; version 1.1 is read" in folder.bad_rows[0].reason


def test_every_other_file_and_folder_is_named(tmp_path: Path) -> None:
    for name in ("eg.csv", "ae.sas7bdat", "dm.xlsx", "vs.parquet", "ae.csv.gz", "define.xml", "README"):
        (tmp_path / name).write_text("x")
    (tmp_path / "more").mkdir()
    (tmp_path / "protocol.toml").write_text("code = 'S'")
    (tmp_path / "ae.csv").write_bytes(whole(tmp_path / "x", "csv"))

    folder = read_folder(tmp_path, besides=[tmp_path / "protocol.toml"])

    assert {remark.record: remark.is_reported for remark in folder.remarks} == {
        "README": False, "define.xml": False, "ae.csv.gz": True, "ae.sas7bdat": True, "dm.xlsx": True,
        "eg.csv": True, "more/": True, "vs.parquet": True,
    }  # fmt: skip


def test_numbers_of_json_stay_as_they_are_written(tmp_path: Path) -> None:
    columns = [{"itemOID": "a", "name": "VSORRES", "label": "a", "dataType": "decimal"}]
    data = content() | {"columns": columns, "records": 2, "rows": [[0]]}
    text = json.dumps(data).replace("[[0]]", "[[0.1000000000000000055], [1e400]]")

    folder = read(tmp_path, "json", text.encode())

    assert [row.values["VSORRES"] for row in folder.datasets["ae"].rows] == ["0.1000000000000000055", "1e400"]


def _long_line(digits: int) -> str:
    head = content() | {"columns": content()["columns"][3:4], "records": 1}
    return f"{json.dumps(head)}\n[{'7' * digits}]\n"
