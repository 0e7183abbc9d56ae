"""Files of xPONENT with their lot file."""

import csv
import io
from decimal import Decimal

import pytest

from immunology.rules.files.parts import Ask, Vendor
from tests.unit.immunology.laboratory_files import (
    ABSENT,
    SHARED,
    messages,
    read,
)


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
