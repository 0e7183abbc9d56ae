import pytest

from interchange.rules import UnreadableFileError, parse_csv

HEADER = "STUDYID,DOMAIN,USUBJID,AETERM\n"


def parse(text: str | bytes) -> tuple:
    return parse_csv("ae", "ae.csv", text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "cp1252", "utf-16"],
    ids=["plain", "byte order mark", "Windows", "UTF-16"],
)
def test_text_is_read_in_the_encodings_that_exports_have(encoding: str) -> None:
    data = (HEADER + "S,AE,P1,Œdème généralisé\n").encode(encoding)

    dataset = parse(data)

    assert dataset.columns == ("STUDYID", "DOMAIN", "USUBJID", "AETERM")
    assert dataset.rows[0].values["AETERM"] == "Œdème généralisé"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separator_is_the_one_of_the_header(separator: str) -> None:
    dataset = parse((HEADER + 'S,AE,P1,"a"\n').replace(",", separator))

    assert dataset.rows[0].values == {"STUDYID": "S", "DOMAIN": "AE", "USUBJID": "P1", "AETERM": "a"}


def test_line_is_where_the_record_starts_when_values_hold_line_breaks() -> None:
    dataset = parse(HEADER + 'S,AE,P1,"two\nlines, and a ""quote"""\n\nS,AE,P2,b\n')

    assert [(row.line, row.values["AETERM"]) for row in dataset.rows] == [
        (2, 'two\nlines, and a "quote"'),
        (5, "b"),
    ]


def test_columns_are_read_in_any_case_and_values_without_outer_blanks() -> None:
    dataset = parse(" studyid ,Domain,usubjid,aeterm\nS,AE, P1 ,a\n")

    assert dataset.rows[0].values["USUBJID"] == "P1"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("S,AE,P1", "3 values"),
        ("S,AE,P1,a,b", "5 values"),
        ('S,AE,P1,"a', "quotes"),
        ('S,AE,P1,"a"b', "quotes"),
    ],
)
def test_record_that_cannot_be_split_is_a_bad_row_and_others_are_kept(record: str, reason: str) -> None:
    dataset = parse(HEADER + "S,AE,P1,kept\n" + record + "\n")

    assert [row.line for row in dataset.rows] == [2]
    assert [(bad.file, bad.line) for bad in dataset.bad_rows] == [("ae.csv", 3)]
    assert reason in dataset.bad_rows[0].reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\x00\x01SAS", "zero bytes"),
        (b"\x81\x8d", "not text"),
        (b"A,B,A\n1,2,3\n", "twice"),
        (b"A,,B\n1,2,3\n", "no name"),
    ],
)
def test_file_that_is_no_table_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason):
        parse(data)
