"""Files of HLA laboratories: read as the vendors export them, or refused or asked with file, line, field, value, rule."""

import csv
import io
import random
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from immunology.rules.files.haml_out import HamlExportError, haml_of
from immunology.rules.files.parts import Answers, Ask, BeadRole, ReadFile, SerumRun, Vendor
from immunology.rules.files.reading import read_file
from tests.unit.immunology.laboratory_files import (
    ABSENT,
    LONG_COLUMNS,
    SHARED,
    fusion,
    fusion_rows,
    long_form,
    long_rows,
    match_it,
    match_it_rows,
)

VALUES = ["4362,43", "128,15", "17401,8", "79,6"]


def read(data: bytes, **more: object) -> ReadFile:
    return read_file(file="run.csv", data=data, **more)  # type: ignore[arg-type]


def messages(found: ReadFile) -> str:
    return " ".join(map(str, found.refused))


def test_fusion_with_byte_order_mark_decimal_commas_and_trailing_semicolons() -> None:
    found = read(fusion(fusion_rows("S1", VALUES)))

    (serum,) = found.sera
    assert (found.format, found.vendor, found.refused, found.asks) == (
        "HLA Fusion",
        Vendor.ONE_LAMBDA,
        (),
        (),
    )
    assert (serum.specimen, serum.run_date.isoformat(), serum.kit.lot, serum.kit.hla_class) == (
        "S1",
        "2019-07-29",
        "013",
        "II",
    )
    assert len(serum.beads) == 6
    assert (serum.control(BeadRole.NEGATIVE), serum.control(BeadRole.POSITIVE)) == (
        Decimal("70.96"),
        Decimal("7402.82"),
    )
    assert [(bead.specificity, bead.mfi_raw) for bead in serum.targets] == [
        ("DRB1*01:01", Decimal("4362.43")),
        ("DRB3*02:02", Decimal("128.15")),
        ("DQA1*05:01~DQB1*02:01", Decimal("17401.8")),
        ("DPA1*01:03~DPB1*04:01", Decimal("79.6")),
    ]


def test_thousands_without_decimals_are_asked_and_an_answer_decides() -> None:
    data = fusion(fusion_rows("S1", ["1,234", "128", "17,401", "79"], controls=("70", "7,402")))

    asked, comma, point = (
        read(data),
        read(data, answers=Answers(decimal=",")),
        read(data, answers=Answers(decimal=".")),
    )

    assert asked.asks == (Ask.DECIMAL_SEPARATOR,)
    assert comma.sera[0].targets[0].mfi_raw == Decimal("1.234")
    assert point.sera[0].targets[0].mfi_raw == Decimal(1234)


@pytest.mark.parametrize(
    ("values", "first"),
    [
        (["1.234,5", "128", "17.401", "79"], "1234.5"),
        (["1,234.5", "128", "17,401", "79"], "1234.5"),
        (["1.234", "79,6", "17.401", "79"], "1234"),
        (["1,234,567", "79", "17,401", "79"], "1234567"),
        (["1234,567", "1,234", "5", "79"], "1234.567"),
        (["1 234,5", "5", "6", "79"], "1234.5"),
    ],
)
def test_one_value_decides_the_whole_column(values: list[str], first: str) -> None:
    found = read(fusion(fusion_rows("S1", values, controls=("70", "7402"))))

    assert (found.refused, found.asks) == ((), ())
    assert found.sera[0].targets[0].mfi_raw == Decimal(first)


def test_comma_and_point_that_both_are_decimal_are_refused() -> None:
    found = read(fusion(fusion_rows("S1", ["4362,43", "128.15", "5", "6"])))

    assert "decimal comma" in messages(found)


def test_dates_are_decided_over_the_file_or_asked() -> None:
    ambiguous = fusion_rows("S1", VALUES, on="03-04-2020")
    other = fusion_rows("S2", VALUES, on="29-04-2020")

    asked, decided = read(fusion(ambiguous)), read(fusion([*ambiguous, *other]))
    answered = read(fusion(ambiguous), answers=Answers(date_order="mdy"))
    both = read(fusion([*other, *fusion_rows("S3", VALUES, on="04/29/2020")]))

    assert asked.asks == (Ask.DATE_ORDER,)
    assert decided.sera[0].run_date.isoformat() == "2020-04-03"
    assert answered.sera[0].run_date.isoformat() == "2020-03-04"
    assert "the month" in messages(both)


def test_a_missing_value_is_missing_and_not_zero() -> None:
    found = read(fusion(fusion_rows("S1", ["", "128,15", "-", "0"])))

    assert found.refused == ()
    assert [bead.mfi_raw for bead in found.sera[0].targets] == [None, Decimal("128.15"), None, Decimal(0)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_encodings(encoding: str) -> None:
    text = fusion(fusion_rows("Sérum-1", VALUES)).decode("utf-8-sig")

    assert read(text.encode(encoding)).sera[0].specimen == "Sérum-1"


def test_heterodimers_of_equal_value_pair_by_adjacency() -> None:
    beads = [
        ("DRB1*01:01", "85"),
        ("DQA1*02:01~DQB1*02:01", "66"),
        ("DQA1*05:01~DQB1*02:01", "66"),
        ("DPA1*01:03~DPB1*01:01", "66"),
    ]

    found = read(match_it(match_it_rows("S1", beads)))

    assert (found.refused, found.vendor) == ((), Vendor.IMMUCOR)
    assert [bead.specificity for bead in found.sera[0].beads] == [names for names, _ in beads]
    assert found.sera[0].control(BeadRole.NEGATIVE) is None


def test_754_heterodimers_pair_as_they_stand() -> None:
    chosen = random.Random(1)
    names = [f"D{x}A1*{a:02}:01~D{x}B1*{b:02}:01" for x in "QP" for a in range(1, 7) for b in range(1, 7)]
    rows = [
        r
        for n in range(12)
        for r in match_it_rows(f"S{n}", [(name, str(chosen.randint(50, 60))) for name in names])
    ]

    found = read(match_it(rows))

    assert found.refused == ()
    assert all([bead.specificity for bead in serum.beads] == names for serum in found.sera)


def test_heterodimers_pair_by_bead_wherever_they_stand() -> None:
    columns = "Sample ID,Patient ID,Lot ID,Run Date,Bead ID,Allele,Assignment,Raw Value"
    rows = [["S1", "13", "L-SA2", "29-12-2019", bead, allele, "Negative", value] for bead, allele, value in [
        ("1", "DQA1*02:01", "50"), ("2", "DQA1*05:01", "50"), ("2", "DQB1*03:01", "50"), ("1", "DQB1*02:01", "50"),
    ]]  # fmt: skip

    found = read(match_it(rows, columns))

    assert [bead.specificity for bead in found.sera[0].beads] == [
        "DQA1*02:01~DQB1*02:01",
        "DQA1*05:01~DQB1*03:01",
    ]


def test_a_chain_without_its_partner_is_refused_with_its_line() -> None:
    rows = match_it_rows("S1", [("DQA1*02:01", "50"), ("DRB1*01:01", "50"), ("DQB1*02:01", "50")])

    found = read(match_it(rows))

    assert [refusal.line for refusal in found.refused] == [2, 4]
    assert "other chain (DQB1)" in messages(found)


@pytest.mark.parametrize(
    ("heading", "value", "is_refused"),
    [
        ("Patient Name", "13", True),
        ("Patient Name/ID", "13", False),
        ("Patient Name/ID", "Dupont", True),
        ("Patient Name/ID", "Dupont, Jean", True),
        ("Patient ID", "13", False),
        ("Patient ID", "Jean Dupont", True),
        ("Date of Birth", "13", True),
    ],
)
def test_a_file_with_names_of_persons_is_refused_and_the_name_not_repeated(
    heading: str, value: str, is_refused: bool
) -> None:
    columns = f"Sample ID,{heading},Lot ID,Run Date,Allele,Assignment,Raw Value"
    rows = [
        [r[0], f'"{value}"' if "," in value else value, *r[2:]]
        for r in match_it_rows("S1", [("DRB1*01:01", "85")])
    ]

    found = read("\n".join(",".join(row) for row in [columns.split(","), *rows]).encode() + b"\n")

    assert bool(found.refused) is is_refused
    assert "Dupont" not in messages(found)
    assert (not found.sera) is is_refused


@pytest.mark.skipif(not SHARED.exists(), reason=ABSENT)
def test_xponent_with_its_lot_file_reads_as_hlapro() -> None:
    folder = SHARED / "hlapro"
    lot = ("lot.eds", (folder / "3012456_3065421-SA1.eds").read_bytes())
    wanted = list(csv.DictReader(io.StringIO((folder / "LSA1-test.expected.csv").read_text())))

    found = read((folder / "LSA1-test.csv").read_bytes(), lot_file=lot)

    assert (found.format, found.vendor, found.refused, found.asks, found.unparsed) == (
        "xPONENT",
        Vendor.IMMUCOR,
        (),
        (),
        (),
    )
    targets = {(serum.specimen, bead.specificity): bead for serum in found.sera for bead in serum.targets}
    for row in wanted:
        alleles = [row[locus] for locus in "ABC" if row[locus] != "NA"]
        if alleles:
            bead = targets[row["Sample"], alleles[0]]
            assert (bead.mfi_raw, bead.count) == (Decimal(row["Median"]), int(row["Count"]))
            assert (bead.vendor_call, bead.public or "NA") == (row["assignment"], row["Bw"])
            assert bead.mfi_raw - bead.background == Decimal(row["bg_adjusted"])
    assert found.sera[0].run_date.isoformat() == "2023-01-03", (
        "10/14/2023 in the header proves the month first"
    )


@pytest.mark.skipif(not SHARED.exists(), reason=ABSENT)
def test_xponent_without_its_lot_file_asks_for_it_and_with_anothers_is_refused() -> None:
    folder = SHARED / "hlapro"
    data = (folder / "LSA1-test.csv").read_bytes()
    lot = (folder / "3012456_3065421-SA1.eds").read_bytes()

    asked = read(data)
    other = read(data, lot_file=("lot.eds", lot.replace(b"3012456_3065421-SA1</LotID>", b"1-SA1</LotID>")))
    shorter = read(data, lot_file=("lot.eds", lot.replace(b'ID="106"', b'ID="107"')))

    assert (asked.asks, len(asked.sera)) == ((Ask.LOT_FILE,), 2)
    assert "the lot file is of lot 1-SA1" in messages(other)
    assert "has no such bead" in messages(shorter)
    assert "this one is missing" in messages(shorter)


@pytest.mark.skipif(not SHARED.exists(), reason=ABSENT)
def test_another_xponent_file_has_the_medians_of_allotropy() -> None:
    found = read((SHARED / "xponent" / "luminex_xPONENT_example02.csv").read_bytes())

    first = {bead.target_raw: (bead.mfi_raw, bead.count) for bead in found.sera[0].beads}
    assert first == {"alpha": (Decimal("10921.5"), 30), "bravo": (Decimal(37214), 42)}
    assert (found.asks, found.unparsed) == ((Ask.LOT_FILE,), ("alpha", "bravo"))


@pytest.mark.skipif(not SHARED.exists(), reason=ABSENT)
def test_haml_0_5_3() -> None:
    found = read((SHARED / "haml" / "sample_file_haml_0_5_3.xml").read_bytes())

    (serum,) = found.sera
    assert (found.format, found.refused, serum.specimen, serum.kit.lot) == (
        "HAML",
        (),
        "Patient_serum_draw_412",
        "12345",
    )
    assert serum.handling.dilution == 1000
    assert [(bead.role, bead.mfi_raw, bead.count) for bead in serum.beads] == [
        (BeadRole.NEGATIVE, Decimal(78), 16),
        (BeadRole.POSITIVE, Decimal(23484), 19),
        (BeadRole.TARGET, Decimal(344), 16),
    ]


HAML_0_4_4 = b"""<?xml version="1.0"?>
<haml xmlns="urn:HAML.Namespace" version="0.4.4"><patient><patient-id>P1</patient-id><sample><sample-id>S1</sample-id>
<assay><assay-date>2024-12-12</assay-date><working-sample><treatment><method>EDTA</method></treatment>
<dilution><ratio>10</ratio><diluent>PBS</diluent></dilution><solid-phase-panel><lot-number>12345</lot-number>
<kit-manufacturer>One_Lambda</kit-manufacturer><catalog-number>LS1A04</catalog-number>
<bead><bead-info><bead-id>1</bead-id><type>control</type><control-type>negative</control-type></bead-info>
<raw-data><sample-raw-MFI>9</sample-raw-MFI><bead-count>500</bead-count></raw-data></bead>
<bead><bead-info><bead-id>3</bead-id><type>test</type><HLA-target-type>A*01:01</HLA-target-type></bead-info>
<raw-data><sample-raw-MFI>399</sample-raw-MFI></raw-data></bead></solid-phase-panel></working-sample>
<interpretation><reject-assay>true</reject-assay><reject-reason>clotted</reject-reason></interpretation></assay></sample></patient></haml>"""


def test_haml_0_4_4() -> None:
    (serum,) = read(HAML_0_4_4).sera

    assert (serum.specimen, serum.handling.dilution, serum.handling.treatment) == ("S1", 10, "EDTA")
    assert (serum.is_rejected, serum.reject_reason, serum.kit.hla_class) == (True, "clotted", "I")
    assert [(bead.specificity, bead.mfi_raw) for bead in serum.beads] == [
        ("", Decimal(9)),
        ("A*01:01", Decimal(399)),
    ]


def test_haml_that_points_outside_or_is_broken_is_refused() -> None:
    outside = b'<!DOCTYPE haml [<!ENTITY x SYSTEM "file:///etc/passwd">]><haml>&x;</haml>'

    assert "document type declaration" in messages(read(outside))
    assert "broken" in messages(read(b"<haml>"))
    assert "none of HAML" in messages(read(b'<haml xmlns="urn:HAML.Namespace" version="9"/>'))


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


def comparable(serum: SerumRun) -> tuple[object, ...]:
    """What HAML has a place for."""
    beads = [
        (b.bead_id, b.role, b.specificity, b.mfi_raw, b.mfi_norm, b.count, b.rank, b.vendor_call, b.public)
        for b in serum.beads
    ]
    return (
        serum.specimen,
        serum.run,
        serum.run_date,
        serum.kit,
        serum.handling.dilution,
        serum.handling.treatment,
        beads,
    )


MFI = st.decimals(min_value=0, max_value=60000, places=2)


@settings(max_examples=40, deadline=None)
@given(st.lists(MFI, min_size=4, max_size=4), st.integers(1, 3))
def test_import_haml_import_is_identical(values: list[Decimal], sera: int) -> None:
    rows = [
        row for n in range(sera) for row in fusion_rows(f"S{n}", [str(v).replace(".", ",") for v in values])
    ]
    first = read(fusion(rows))

    again = read_file(file="x.xml", data=haml_of(first.sera, center="C", document="D"))

    assert again.refused == ()
    assert [comparable(serum) for serum in again.sera] == [comparable(serum) for serum in first.sera]


@pytest.mark.skipif(not SHARED.exists(), reason=ABSENT)
def test_haml_that_is_written_agrees_with_the_schema() -> None:
    schema = etree.XMLSchema(etree.parse(str(SHARED / "haml" / "haml__version_0_5_3.xsd")))
    data = haml_of(read(fusion(fusion_rows("S1", VALUES))).sera, center="C", document="D")

    schema.assertValid(etree.fromstring(data))


@pytest.mark.parametrize(
    ("value", "needle"),
    [("41200", "41200.*whole numbers up to 32767"), ("100,5", "whole numbers"), ("", "missing raw")],
)
def test_haml_0_5_0_refuses_what_it_cannot_hold(value: str, needle: str) -> None:
    sera = read(fusion(fusion_rows("S1", [value, "1", "2", "3"], controls=("70", "7402")))).sera

    with pytest.raises(HamlExportError, match=needle):
        haml_of(sera, center="C", document="D", version="0.5.0")


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
