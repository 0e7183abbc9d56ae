"""Names as laboratories write them: the answer to each, and the suggestion for a refused one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from immunology.rules.antigens import ANTIGENS, PARENT_OF, PUBLIC_OF, lineage
from immunology.rules.name_answers import answer_name
from immunology.rules.names import HlaNameError, chains


@pytest.mark.parametrize(
    ("text", "kind", "normalised", "locus", "antigens"),
    [
        ("A*02:01:01:01", "allele", "A*02:01", "A", ("A2",)),
        ("HLA-A*02:01", "allele", "A*02:01", "A", ("A2",)),
        ("hla-drb1*15:01", "allele", "DRB1*15:01", "DRB1", ("DR15", "DR2")),
        ("A*02:03", "allele", "A*02:03", "A", ("A203", "A2")),
        ("A*24:09N", "allele", "A*24:09N", "A", ()),
        ("A*24:02:01:02L", "allele", "A*24:02L", "A", ("A24", "A9")),
        ("A*02:01:01G", "allele", "A*02:01:01G", "A", ("A2",)),
        ("A*02:01P", "allele", "A*02:01P", "A", ("A2",)),
        ("A*02:101", "allele", "A*02:101", "A", ("A2",)),
        ("C*07:02", "allele", "C*07:02", "C", ("Cw7",)),
        ("DPB1*1001:01", "allele", "DPB1*1001:01", "DPB1", ()),
        ("DRB4*01:03", "allele", "DRB4*01:03", "DRB4", ("DR53",)),
        ("B64(14)", "antigen", "B64", "B", ("B64", "B14")),
        ("Cw9(w3)", "antigen", "Cw9", "C", ("Cw9", "Cw3")),
        ("DR17(3)", "antigen", "DR17", "DRB1", ("DR17", "DR3")),
        ("B5102", "antigen", "B5102", "B", ("B5102", "B51", "B5")),
        ("A2403", "antigen", "A2403", "A", ("A2403", "A24", "A9")),
        ("DR52", "antigen", "DR52", "DRB3", ("DR52",)),
        ("DR53", "antigen", "DR53", "DRB4", ("DR53",)),
        ("DR51", "antigen", "DR51", "DRB5", ("DR51",)),
        ("BW4", "antigen", "Bw4", "B", ("Bw4",)),
        ("Bw6", "antigen", "Bw6", "B", ("Bw6",)),
        ("C7", "antigen", "Cw7", "C", ("Cw7",)),
        ("DP4", "antigen", "DPw4", "DPB1", ("DPw4",)),
        ("DQA1*05:01~DQB1*02:01", "heterodimer", "DQA1*05:01~DQB1*02:01", "DQ", ("DQ2",)),
        ("DQB1*02:01/DQA1*05:01", "heterodimer", "DQA1*05:01~DQB1*02:01", "DQ", ("DQ2",)),
        ("HLA-DQA1*05:01-HLA-DQB1*03:01", "heterodimer", "DQA1*05:01~DQB1*03:01", "DQ", ("DQ7", "DQ3")),
        ("DQA1*05:01, DQB1*02:01", "heterodimer", "DQA1*05:01~DQB1*02:01", "DQ", ("DQ2",)),
        ("DQA1*05:01 DQB1*02:01", "heterodimer", "DQA1*05:01~DQB1*02:01", "DQ", ("DQ2",)),
        ("DQ[05:01,02:01]", "heterodimer", "DQA1*05:01~DQB1*02:01", "DQ", ("DQ2",)),
        ("DP[01:03,04:01]", "heterodimer", "DPA1*01:03~DPB1*04:01", "DP", ()),
        ("-,-,-,-,DQA1*02:01,-,DQB1*02:01,-,-,-,-,-", "heterodimer", "DQA1*02:01~DQB1*02:01", "DQ", ("DQ2",)),
    ],
)
def test_what_laboratories_write_is_read(
    text: str, kind: str, normalised: str, locus: str, antigens: tuple[str, ...]
) -> None:
    answer = answer_name(text)

    assert (answer.kind, answer.normalised, answer.locus) == (kind, normalised, locus)
    assert answer.antigens == antigens
    assert answer.suggestion is None


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("A*0201", "A*02:01"),
        ("A0201", "A*02:01"),
        ("HLA-A*020101", "A*02:01:01"),
        ("A*02011", "A*02:01:01"),
        ("A*24020102L", "A*24:02:01:02L"),
        ("A*2409N", "A*24:09N"),
        ("A*9201", "A*02:101"),
        ("B*9502", "B*15:102"),
        ("Cw*0702", "C*07:02"),
        ("Cw*07:02", "C*07:02"),
        ("Cw0702", "C*07:02"),
        ("DRB1*1501", "DRB1*15:01"),
        ("DRB10301", "DRB1*03:01"),
        ("DR0301", "DRB1*03:01"),
        ("DPB1*0401", "DPB1*04:01"),
        ("DRB4*0101102N", "DRB4*01:01:01:02N"),
        ("A*0201:01", "A*02:01:01"),
        ("A02:01", "A*02:01"),
        ("Bw62", "B62"),
        ("DRw52", "DR52"),
        ("DQw3", "DQ3"),
        ("DQA1*0501~DQB1*0201", "DQA1*05:01~DQB1*02:01"),
        ("A*2:1", "A*02:01"),
        ("A*02:XX", "A*02"),
        ("B*07:ABCD", "B*07"),
        ("A02", "A2"),
        ("A99", None),
        ("B64(15)", None),
        ("Bw5", "B5"),
        ("Dw2", None),
        ("A*02:01X", None),
        ("A*02:01G", None),
        ("A*02:01:01P", None),
        ("A*02N", None),
        ("A*002:01", None),
        ("DRB2*01:01", None),
        ("MICA*008:01", None),
        ("A*02:01~B*07:02", None),
        ("DQA1*05:01~DPB1*04:01", None),
        ("DQA1*05:01~DQA1*02:01", None),
        ("A*02:01/A*02:06", None),
        ("DQA1*05:01~DQB1*02:01~DQB1*03:01", None),
        ("-", None),
        ("", None),
        ("NC", None),
    ],
)
def test_what_is_no_name_of_today_is_refused_with_what_was_meant(text: str, suggestion: str | None) -> None:
    answer = answer_name(text)

    assert (answer.kind, answer.suggestion) == ("refused", suggestion)
    assert answer.normalised is None
    if suggestion:
        assert answer_name(suggestion).kind != "refused"


@given(st.text(max_size=20))
def test_any_text_has_an_answer(text: str) -> None:
    answer = answer_name(text)

    assert answer.kind in ("allele", "antigen", "heterodimer", "refused")


@given(st.sampled_from(sorted(ANTIGENS | {"Bw4", "Bw6"})))
def test_an_antigens_own_name_is_read_as_itself(name: str) -> None:
    assert answer_name(name).normalised == name
    assert answer_name(f"HLA-{name.lower()}").normalised == name


def test_the_table_is_one_tree() -> None:
    assert set(PARENT_OF) | set(PARENT_OF.values()) | set(PUBLIC_OF) <= ANTIGENS
    assert all(len(set(lineage(antigen))) == len(lineage(antigen)) for antigen in ANTIGENS)


def test_bw4_and_bw6_of_a_split_and_of_an_allele() -> None:
    assert [answer_name(text).public for text in ("B44", "B*07:02", "A*24:02", "B27", "B2708", "A1")] == [
        "Bw4",
        "Bw6",
        "Bw4",
        "Bw4",
        "Bw6",
        None,
    ]


def test_a_haplotype_is_no_specificity() -> None:
    with pytest.raises(HlaNameError, match="not an HLA name"):
        chains("A*02:01,B*07:02")
