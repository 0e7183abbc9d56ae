"""Files of HLA Fusion and MATCH IT!: numbers, dates, heterodimers, names of persons."""

import random
from decimal import Decimal

import pytest

from immunology.rules.files.parts import Answers, Ask, BeadRole, Vendor
from tests.unit.immunology.laboratory_files import (
    VALUES,
    fusion,
    fusion_rows,
    match_it,
    match_it_rows,
    messages,
    read,
)


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
