"""Files in HAML, read and written."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from immunology.rules.files.haml_out import HamlExportError, haml_of
from immunology.rules.files.parts import BeadRole, SerumRun
from immunology.rules.files.reading import read_file
from tests.unit.immunology.laboratory_files import (
    ABSENT,
    SHARED,
    VALUES,
    fusion,
    fusion_rows,
    messages,
    read,
)


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


def comparable(serum: SerumRun) -> tuple[object, ...]:
    """The parts of a serum that HAML can store."""
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
