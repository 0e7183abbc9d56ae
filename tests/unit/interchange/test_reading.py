"""Files are read from a folder of the test's own: no database, no network."""

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from interchange.services.reading import UnreadableFolderError, read_folder

AE = "STUDYID,DOMAIN,USUBJID,AESEQ,AETERM,AESTDY\nS,AE,P1,1.0,HEADACHE,\nS,AE,P2,1.0,NAUSEA,2.5\n"


def write_xport(path: Path, member: str = "AE", term: str = "NAUSEA") -> None:
    frame = pd.DataFrame(
        {
            "STUDYID": ["S", "S"],
            "DOMAIN": ["AE", "AE"],
            "USUBJID": ["P1", "P2"],
            "AESEQ": [1.0, 1.0],
            "AETERM": ["HEADACHE", term],
            "AESTDY": [None, 2.5],
        }
    )
    pyreadstat.write_xport(frame, str(path), table_name=member, file_format_version=5)


def test_names_are_read_in_any_case_and_other_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "AE.CSV").write_text(AE)
    (tmp_path / "eg.csv").write_text("x")
    (tmp_path / "define.xml").write_text("x")

    folder = read_folder(tmp_path)

    assert folder.datasets["ae"].file == "AE.CSV"
    assert [remark.message for remark in folder.remarks] == ["define.xml is not read.", "eg.csv is not read."]


def test_transport_file_has_the_same_rows_as_the_csv(tmp_path: Path) -> None:
    write_xport(tmp_path / "ae.xpt")

    dataset = read_folder(tmp_path).datasets["ae"]

    assert [
        (row.line, row.values["AETERM"], row.values["AESEQ"], row.values["AESTDY"]) for row in dataset.rows
    ] == [
        (1, "HEADACHE", "1", ""),
        (2, "NAUSEA", "1", "2.5"),
    ]


def test_two_files_that_agree_are_one_data_set_and_the_csv_is_used(tmp_path: Path) -> None:
    (tmp_path / "ae.csv").write_text(AE)
    write_xport(tmp_path / "ae.xpt")

    folder = read_folder(tmp_path)

    assert folder.bad_rows == ()
    assert folder.datasets["ae"].file == "ae.csv"
    assert folder.notes == ("ae.csv is used; ae.xpt holds the same data set",)


def test_two_files_that_differ_are_refused_at_the_value(tmp_path: Path) -> None:
    (tmp_path / "ae.csv").write_text(AE)
    write_xport(tmp_path / "ae.xpt", term="VOMITING")

    folder = read_folder(tmp_path)

    assert [(bad.file, bad.line, bad.variable, bad.value) for bad in folder.bad_rows] == [
        ("ae.xpt", 2, "AETERM", "VOMITING")
    ]


@pytest.mark.parametrize("data", [b"", b"not a transport file", b"HEADER RECORD*******LIBRARY HEADER"])
def test_file_that_is_no_transport_file_is_a_bad_row(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "ae.xpt").write_bytes(data)

    folder = read_folder(tmp_path)

    assert [(bad.file, bad.line) for bad in folder.bad_rows] == [("ae.xpt", 0)]
    assert folder.datasets == {}


def test_transport_file_of_another_member_is_a_bad_row(tmp_path: Path) -> None:
    write_xport(tmp_path / "ae.xpt", member="DM")

    folder = read_folder(tmp_path)

    assert [(bad.file, bad.value) for bad in folder.bad_rows] == [("ae.xpt", "DM")]


def test_folder_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFolderError, match="no such folder"):
        read_folder(tmp_path / "absent")


def test_folder_without_data_sets_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFolderError, match="none of the data sets"):
        read_folder(tmp_path)
