"""The PDF's structure for archives and screen readers.

No independent validator (veraPDF) exists as a Python or Debian package: the requirements of PDF/A-2a and PDF/UA-1 are
checked here, one by one.
"""

import io
import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader

from reports.rendering.pdf import pdf_bytes
from reports.rendering.sentences import words
from tests.unit.reports.golden_reports import page


@pytest.fixture(scope="module")
def reader() -> PdfReader:
    return PdfReader(io.BytesIO(pdf_bytes(page("closed"))))


@pytest.fixture(scope="module")
def elements(reader: PdfReader) -> list[dict[str, Any]]:
    return list(_elements(reader.trailer["/Root"]["/StructTreeRoot"]))


def _elements(node: Any) -> Iterator[dict[str, Any]]:
    node = node.get_object()
    if not isinstance(node, dict):
        return
    if "/S" in node:
        yield node
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        yield from _elements(kid) if hasattr(kid, "get_object") else ()


def of_kind(elements: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [element for element in elements if element["/S"] == kind]


def test_metadata_claims_both_standards(reader: PdfReader) -> None:
    text = reader.trailer["/Root"]["/Metadata"].get_data().decode()

    assert "<pdfaid:part>2</pdfaid:part>" in text
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in text
    assert "<pdfuaid:part>1</pdfuaid:part>" in text
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]
    assert not reader.is_encrypted


def test_colours_are_fixed_by_an_output_intent(reader: PdfReader) -> None:
    (intent,) = reader.trailer["/Root"]["/OutputIntents"]

    assert intent.get_object()["/S"] == "/GTS_PDFA1"
    assert intent.get_object()["/DestOutputProfile"].get_object().get_data()


def test_every_font_is_embedded_and_says_what_its_glyphs_mean(reader: PdfReader) -> None:
    fonts = {
        str(f): f.get_object() for page in reader.pages for f in page["/Resources"].get("/Font", {}).values()
    }

    assert fonts
    for font in fonts.values():
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        described = inner["/FontDescriptor"].get_object()
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described)
        assert "/ToUnicode" in font


def test_nothing_runs_or_leads_out_of_the_file(reader: PdfReader) -> None:
    catalogue = reader.trailer["/Root"]
    actions = [
        annotation.get_object().get("/A", {}).get("/S")
        for page in reader.pages
        for annotation in page.get("/Annots", [])
    ]

    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(catalogue)
    assert "/JavaScript" not in catalogue.get("/Names", {})
    assert set(actions) <= {None, "/GoTo"}
    assert len(actions) > 20  # the contents lead to their pages


def test_every_figure_has_words_instead(elements: list[dict[str, Any]]) -> None:
    figures = of_kind(elements, "/Figure")

    assert len(figures) >= 8
    assert all(len(str(figure.get("/Alt", ""))) > 20 for figure in figures)


def test_tables_have_heads_and_rows(elements: list[dict[str, Any]]) -> None:
    tables = of_kind(elements, "/Table")

    assert len(tables) > 20
    for table in tables:
        inside = list(_elements(table))
        assert of_kind(inside, "/TH")
        assert of_kind(inside, "/TR")


def test_headings_step_down_by_one(elements: list[dict[str, Any]]) -> None:
    levels = [int(str(e["/S"])[2:]) for e in elements if str(e["/S"]) in ("/H1", "/H2", "/H3")]

    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_no_text_stands_outside_its_page(reader: PdfReader) -> None:
    def outside(page: Any) -> list[str]:
        width, found = float(page.mediabox.width), []

        def visit(text: str, _cm: Any, matrix: Any, _font: Any, _size: Any) -> None:
            if text.strip() and not 0 <= matrix[4] <= width:
                found.append(text)

        page.extract_text(visitor_text=visit)
        return found

    wide = [page for page in reader.pages if page.mediabox.width > page.mediabox.height][:4]

    assert wide
    assert [text for page in wide for text in outside(page)] == []


def test_page_one_stays_one_page_when_much_is_new() -> None:
    much = tuple(
        words(f"05-00{number}: serious adverse event, Respiratory failure, D6") for number in range(22)
    )

    pages = PdfReader(io.BytesIO(pdf_bytes(replace(page("closed"), news=much)))).pages

    assert "05-0021:" in pages[0].extract_text()
    assert "What differs between the arms" in pages[1].extract_text()
