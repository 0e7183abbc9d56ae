"""Files of HLA laboratories: read in the vendors' formats, refused, or with questions for a person."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from immunology.rules.files.parts import Vendor
from tests.unit.immunology.laboratory_files import (
    LONG_COLUMNS,
    VALUES,
    fusion,
    fusion_rows,
    long_form,
    long_rows,
    messages,
    read,
)


def test_the_long_form() -> None:
    found = read(long_form(long_rows("S1", ["1800.5", ""])))

    (serum,) = found.sera
    assert (found.format, found.refused, serum.run, serum.handling.treatment) == (
        "sab_long_v1",
        (),
        "R1",
        "EDTA",
    )
    assert [(bead.specificity, bead.mfi_raw) for bead in serum.targets] == [
        ("A*02:01", Decimal("1800.5")),
        ("B*07:02", None),
    ]


# ruff: noqa: E501
BAD: list[tuple[str, bytes, str]] = [
    ("unknown columns", b"a,b\n1,2\n", r"run\.csv, line 1, header “a, b”: the columns are of none of"),
    ("empty", b" \n", "the file is empty"),
    ("binary", b"\x00\x01", "zero bytes"),
    ("mixed lots", fusion([*fusion_rows("S1", VALUES), *fusion_rows("S2", VALUES, catalog="LS2A01NC21_014_00")]),
     r"run\.csv, line 8, lot “014”: the file has lot 013 before"),
    ("missing control", fusion(fusion_rows("S1", VALUES)[1:]), (r"line 2, negative control “001”: the row of the negative control of"
     " serum S1 is missing")),
    ("fewer beads", fusion([*fusion_rows("S1", VALUES), *fusion_rows("S2", VALUES)[:-1]]),
     r"line 8, serum “S2”: it has 5 beads, and serum S1 of the same kit has 6"),
    ("bead twice", fusion([*fusion_rows("S1", VALUES), fusion_rows("S1", VALUES)[-1]]), r"line 8, bead “006”: serum S1 has it twice"),
    ("bead without a name", fusion([*fusion_rows("S1", VALUES), [*fusion_rows("S1", VALUES)[0][:4], "099", "-,-", "5,5", "", "",
     "001", "002", ""]]), r"line 8, Specificity “-,-”: bead 099 has no name"),
    ("negative raw", fusion(fusion_rows("S1", ["-5", *VALUES[1:]])), r"line 4, raw MFI “-5”: a raw value is not below 0"),
    ("no number", fusion(fusion_rows("S1", ["many", *VALUES[1:]])), r"line 4, rawdata “many”: it is no number"),
    ("power of ten", fusion(fusion_rows("S1", ["1,2E+04", *VALUES[1:]])), r"rawdata “1,2E\+04”: it is no number"),
    ("no date", fusion(fusion_rows("S1", VALUES, on="soon")), r"line 2, rundate “soon”: it is no date"),
    ("wrong class", fusion(fusion_rows("S1", VALUES, catalog="LS1A04_013_00")), r"specificity “DRB1\*01:01,.*”: it is of class II"),
    ("short record", fusion(fusion_rows("S1", VALUES)).replace(b'"79,6";', b""), r"line 7, record: it has 12 values"),
    ("unknown vendor", long_form([[*long_rows("S1", ["1", "2"])[0][:3], "ACME", *long_rows("S1", ["1", "2"])[0][4:]]]),
     r"line 2, vendor “ACME”: it is none of ONE_LAMBDA, IMMUCOR, OTHER"),
    ("no such column", long_form(long_rows("S1", ["1", "2"]), [c.replace("lot", "plot") for c in LONG_COLUMNS]),
     r"column “lot”: the file has no such column"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "needle"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_bad_input_is_one_sentence_with_file_line_field_value_and_rule(data: bytes, needle: str) -> None:
    found = read(data)

    assert found.refused

    assert re.search(needle, messages(found)), messages(found)


def test_a_declared_vendor_that_is_not_the_files_is_refused() -> None:
    found = read(fusion(fusion_rows("S1", VALUES)), vendor=Vendor.IMMUCOR)

    assert "vendor “IMMUCOR”: the file is of ONE_LAMBDA" in messages(found)


def test_what_is_no_hla_name_is_kept_as_it_stands() -> None:
    rows = fusion_rows("S1", VALUES)
    rows[2][5] = "DRB1*0101,-"

    found = read(fusion(rows))

    assert (found.unparsed, found.refused) == (("DRB1*0101,-",), ())


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_sera_in_a_file_is_irrelevant(order: list[int]) -> None:
    blocks = [fusion_rows(f"S{n}", [str(n * 100), "5,5", "6", "7"]) for n in range(4)]

    found = read(fusion([row for n in order for row in blocks[n]]))

    whole = read(fusion([row for block in blocks for row in block]))
    strip = {s.specimen: [b._replace(line=0) for b in s.beads] for s in found.sera}
    assert strip == {s.specimen: [b._replace(line=0) for b in s.beads] for s in whole.sera}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_have_an_answer(data: bytes) -> None:
    found = read(data)

    assert found.refused or found.asks or found.sera


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_a_damaged_file_has_an_answer(place: int, junk: bytes) -> None:
    data = fusion(fusion_rows("S1", VALUES))
    damaged = data[:place] + junk + data[place + len(junk) :]

    read(damaged)
