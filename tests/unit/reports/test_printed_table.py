import json
from decimal import Decimal
from pathlib import Path

import pytest

from reports.rules.printed_csv import rows_from_csv
from reports.rules.printed_table import PrintedTableError, wrong_figures
from tests.unit.reports.table5 import PRINTED

HEADER = "label,arm,count,denominator,percent,p_value"


def make_file(*lines: str, header: str = HEADER) -> bytes:
    return ("\n".join([header, *lines]) + "\n").encode()


def found(*lines: str) -> list[tuple[str, str | None, str, str, Decimal | None]]:
    findings = wrong_figures(rows_from_csv(make_file(*lines)))
    return [(f.label, f.arm, f.kind, f.printed, f.computed) for f in findings]


def test_table_5_of_the_paper_has_six_figures_that_cannot_be_right() -> None:
    findings = wrong_figures(rows_from_csv(PRINTED.read_bytes()))

    assert [(f.label, f.arm, f.kind, f.printed, str(f.computed)) for f in findings] == [
        ("D0-D14: AEs reported", None, "p_value", "0.29", "0.8858"),
        ("D0-D14: Severity Severe", "Placebo", "percent", "18.7", "18.8"),
        ("D0-D14: Grade 4", "UC-MSC", "percent", "12.5", "8.5"),
        ("after D14: Subjects with AEs", "UC-MSC", "percent", "38.1", "42.9"),
        ("after D14: AEs reported", None, "p_value", "1.00", "0.3827"),
        ("after D14: Grade 3", "Placebo", "percent", "1", "13.0"),
    ]


@pytest.mark.parametrize(
    ("count", "denominator", "percent", "is_right"),
    [
        (15, 48, "31.3", True),  # 31.25, half up
        (15, 48, "31.2", True),  # half even
        (15, 48, "31.1", False),
        (15, 48, "31", True),
        (15, 48, "32", False),
        (9, 48, "18.8", True),  # 18.75: both ways up
        (9, 48, "18.7", False),
        (1, 8, "12", True),  # 12.5, half even
        (1, 8, "13", True),
        (1, 8, "12.50", True),
        (0, 21, "0", True),
        (21, 21, "100", True),
        (21, 21, "100.0%", True),
        (1, 300, "<1", True),
        (3, 300, "<1", False),
        (0, 0, "", True),
        (0, 0, "0", False),
        (5, 21, "", True),
    ],
)
def test_percent_is_right_when_it_rounds_to_what_is_printed(
    count: int, denominator: int, percent: str, is_right: bool
) -> None:
    assert (found(f"Row,A,{count},{denominator},{percent},") == []) is is_right


@pytest.mark.parametrize(
    ("printed", "is_right"),
    [
        ("0.47", True),  # Fisher, 0.4689
        ("0.37", True),  # chi-square, 0.3699
        ("0.5", True),
        ("0.4", True),
        ("0.60", True),  # with Yates's correction, 0.6010
        ("0.601", True),
        ("0.602", False),
        ("0.368", True),  # Fisher's mid-p
        ("0.404", True),  # twice the smaller tail with half of the observed
        ("0.4689", True),
        ("<0.5", True),
        ("<0.3", False),
        (">0.4", True),
        (">0.9", False),
        ("", True),
    ],
)
def test_p_value_is_right_when_a_test_in_common_use_gives_it(printed: str, is_right: bool) -> None:
    rows = (f"Row,A,18,21,,{printed}", "Row,B,18,24,,")

    assert (found(*rows) == []) is is_right


@pytest.mark.parametrize(
    ("rows", "test"),
    [
        (("Row,A,18,21,,0.62", "Row,B,18,24,,"), "fisher"),
        (("Row,A,20,40,,0.62", "Row,B,10,40,,"), "chi_square"),
        (("Row,A,1,5,,0.99", "Row,B,3,5,,", "Row,C,4,5,,"), "freeman_halton"),
        (("Row,A,18,21,12,", "Row,B,18,24,,"), None),
    ],
)
def test_finding_names_the_test_behind_what_is_computed(rows: tuple[str, ...], test: str | None) -> None:
    (finding,) = wrong_figures(rows_from_csv(make_file(*rows)))

    assert finding.test == test


def test_p_value_compares_the_arms_and_not_the_total() -> None:
    assert found("Row,A,18,21,85.7,0.47", "Row,B,18,24,75,", "Row,Total,36,45,80,") == []


def test_p_value_may_be_repeated_on_every_line() -> None:
    assert found("Row,A,18,21,,0.62", "Row,B,18,24,,0.62") == [
        ("Row", None, "p_value", "0.62", Decimal("0.4689"))
    ]


def test_each_of_two_printed_p_values_is_checked() -> None:
    assert [f[3] for f in found("Row,A,18,21,,0.62", "Row,B,18,24,,0.99")] == ["0.62", "0.99"]


def test_lines_of_a_label_need_not_stand_together() -> None:
    assert found("One,A,6,21,,0.79", "Two,A,18,21,,0.47", "One,B,6,24,,", "Two,B,18,24,,") == []


def test_three_arms_are_compared_at_once() -> None:
    right = ("Row,A,10,20,,0.0316", "Row,B,3,20,,", "Row,C,10,20,,")
    wrong = ("Row,A,10,20,,0.0403", *right[1:])

    assert found(*right) == []
    assert [f[4] for f in found(*wrong)] == [Decimal("0.0316")]


def test_arms_that_answer_alike_have_p_1() -> None:
    assert found("Row,A,0,21,0,1.00", "Row,B,0,24,0,") == []
    assert [f[3] for f in found("Row,A,0,21,0,0.24", "Row,B,0,24,0,")] == ["0.24"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Line 1: the file is empty"),
        (b"\n\n", "Line 1: the file is empty"),
        (make_file(header="label,arm,count,percent,p_value"), "Line 1: the column denominator is missing"),
        (
            make_file(header="label;arm;count;denominator;percent;p_value"),
            "Line 1: the column label is missing",
        ),
        (make_file(), "Line 2: the table has no row."),
        (make_file("Row,A,1,2,50"), "Line 2: has 5 fields, the header has 6."),
        (make_file("Row,A,1,2,50,,"), "Line 2: has 7 fields, the header has 6."),
        (make_file(",A,1,2,50,"), "Line 2, label: is empty"),
        (make_file("Row,,1,2,50,"), "Line 2, arm: is empty"),
        (make_file("Row,A,one,2,50,"), "Line 2, count: 'one' is no whole number"),
        (make_file("Row,A,-1,2,50,"), "Line 2, count: '-1' is no whole number"),
        (make_file("Row,A,1.0,2,50,"), "Line 2, count: '1.0' is no whole number"),
        (make_file("Row,A,1,,50,"), "Line 2, denominator: '' is no whole number"),
        (make_file("", "Row,A,3,2,50,"), "Line 3, count: 3 is above the denominator 2."),
        (make_file("Row,A,1,2,fifty,"), "Line 2, percent: 'fifty' is no number from 0 to 100."),
        (
            make_file('Row,A,1,2,"50,0",'),
            "Line 2, percent: '50,0' is no number from 0 to 100; the decimal sign is a point.",
        ),
        (
            make_file(header="label;arm;count;denominator;percent;p_value"),
            "the columns are label,arm,count,denominator,percent,p_value and separated by commas.",
        ),
        (make_file("Row,A,1,2,50,,3", header=HEADER + ",count"), "Line 1: the column count occurs twice"),
        ("label,arm\n".encode("utf-16"), "Line 1: byte 0xff is not UTF-8 text."),
        (make_file("Row,A,1,2,101,"), "Line 2, percent: '101' is no number from 0 to 100."),
        (make_file("Row,A,1,2,50,1.2", "Row,B,1,2,50,"), "Line 2, p_value: '1.2' is no number from 0 to 1."),
        (make_file("Row,A,1,2,50,NS", "Row,B,1,2,50,"), "Line 2, p_value: 'NS' is no number from 0 to 1."),
        (make_file("Row,A,1,2,50,nan", "Row,B,1,2,50,"), "Line 2, p_value: 'nan' is no number from 0 to 1."),
        (make_file("Row,A,1,2,50,", "Row,A,1,2,50,"), "Line 3, arm: 'A' occurs twice in the label 'Row'."),
        (make_file("Row,A,1,2,50,0.5"), "Line 2, p_value: 0.5 compares nothing"),
        (make_file("Row,A,1,2,50,0.5", "Row,total,1,2,50,"), "Line 2, p_value: 0.5 compares nothing"),
        (make_file() + b"R\xe9a,A,1,2,50,\n", "Line 2: byte 0xe9 is not UTF-8 text."),
        (make_file('"Row,A,1,2,50,'), "is not valid CSV"),
    ],
)
def test_unusable_file_is_refused_in_one_sentence(content: bytes, message: str) -> None:
    with pytest.raises(PrintedTableError) as refusal:
        wrong_figures(rows_from_csv(content))

    assert message in str(refusal.value)


def test_byte_order_mark_crlf_and_further_columns_do_no_harm() -> None:
    content = "\ufeffnote,label,arm,count,denominator,percent,p_value\r\n\r\nx,Row,A,4,47,12.5,\r\n".encode()

    findings = wrong_figures(rows_from_csv(content))

    assert [(f.printed, f.computed) for f in findings] == [("12.5", Decimal("8.5"))]


FACTS = Path(__file__).resolve().parents[4] / "shared" / "data" / "stroma" / "table5.json"
SIDES = {"uc_msc": "UC-MSC", "placebo": "Placebo", "total": "total"}


def test_table_5_of_the_documentation_is_the_published_one() -> None:
    if not FACTS.exists():
        pytest.skip(
            "the published table is not beside the project (../shared/data/stroma): nothing to compare with"
        )
    published = {
        (f"{row['period']}: {row['row']}", arm): (
            row[side]["n"],
            row[side]["d"],
            Decimal(str(row[side]["pct_published"])),
        )
        for row in json.loads(FACTS.read_text(encoding="utf-8"))["rows"]
        for side, arm in SIDES.items()
        if side in row
    }

    printed = {
        (row.label, row.arm): (row.count, row.denominator, Decimal(row.percent))
        for row in rows_from_csv(PRINTED.read_bytes())
    }

    shared = printed.keys() & published.keys()
    assert len(shared) > 60
    assert {key: printed[key] for key in shared} == {key: published[key] for key in shared}
