"""No figure has two values in two places: every figure has its identity, in every place."""

import copy
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from pypdf import PdfReader

from reports.documents import document_of
from reports.rendering.figures.drawing import Drawing
from reports.rendering.html import html_bytes
from reports.rendering.identity import figure_disagreements, figure_identity
from reports.rendering.page import Page, page_of
from reports.rendering.pdf import pdf_bytes
from reports.rendering.sentences import Piece
from tests.unit.dsmb.board_documents import make_cell, make_table
from tests.unit.reports.figure_marks import figures_of, mark_faults, marks_of, with_figures
from tests.unit.reports.whole_reports import make_snapshot

KINDS = ("open", "closed")
NUMBERS = re.compile(r"^([\d\u202f]+)(?:(?:/| of )(\d+))?")
ESTIMATE = re.compile(r"^[\u2212]?[\d\u202f]+\.\d+")
CELL_OF_HTML = re.compile(r'<(?:td|dd|span)[^>]*data-key="([^"]*)">([^<]*)<')

Shown = tuple[str, str, str]
Document = dict[str, Any]


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    return {kind: document_of(make_snapshot(kind)) for kind in KINDS}


@pytest.fixture(scope="module")
def pages(documents: dict[str, Document]) -> dict[str, Page]:
    return {kind: page_of(document) for kind, document in documents.items()}


def shown_on(page: Page) -> Iterator[Shown]:
    """Place, identity and text of every figure of the page model: page one, tables, figures' descriptions."""
    yield from (("standing", fact.key, fact.value) for fact in page.standing if fact.key)
    yield from (
        ("sites", piece.key, piece.text) for site in page.sites for piece in (site.enrolled, site.treated)
    )
    sentences = [*page.maturity, *page.news, *page.missing, *(s for a in page.answers for s in a.sentences)]
    yield from (("page one", piece.key, piece.text) for s in sentences for piece in s.pieces if piece.key)
    figures = [*page.front_figures, *page.figures, *(a.figure for a in page.answers if a.figure)]
    yield from ((figure.id, piece.key, piece.text) for figure in figures for piece in figure.values)
    for grid in page.tables:
        for row in grid.rows:
            yield from ((grid.id, key, text) for key, text in zip(row.keys, row.cells, strict=False) if key)


def shown_in_html(html: str) -> Iterator[Shown]:
    yield from (("html", unescape(key), unescape(text)) for key, text in CELL_OF_HTML.findall(html) if key)


def faults(shown: Iterator[Shown], document: Document) -> list[str]:
    """Every text whose count or denominator is not that of the document's cell of the same identity."""
    cells = {figure_identity(cell): cell for table in document["tables"] for cell in table["cells"]}
    return [f"{place}: {key}: {text}" for place, key, text in shown if not _fits(text, cells.get(key))]


def _fits(text: str, cell: dict[str, Any] | None) -> bool:
    if cell is None:
        return False
    if estimate := ESTIMATE.match(text):
        return _is_rounded(estimate[0], cell)
    found = NUMBERS.match(text)
    if cell.get("withheld") or cell.get("median") is not None or found is None:
        return (
            cell.get("withheld") == (text == "withheld") or "n\u00a0=" in text or cell["count"] in (None, 0)
        )
    count, denominator = int(found[1].replace("\u202f", "")), found[2]
    return count == cell["count"] and denominator in (None, str(cell["denominator"]))


def _is_rounded(text: str, cell: dict[str, Any]) -> bool:
    """Whether a decimal is one of the cell's numbers, or of its fractions in percent, to the places shown."""
    shown = float(text.replace("\u2212", "-").replace("\u202f", ""))
    half = 0.51 * 10.0 ** -len(text.rpartition(".")[2])
    numbers = [value for value in cell.values() if isinstance(value, float)]
    return any(abs(shown - scale * number) <= half for number in numbers for scale in (1, 100))


@pytest.mark.parametrize("kind", KINDS)
def test_document_agrees_with_itself(documents: dict[str, Document], kind: str) -> None:
    assert figure_disagreements(documents[kind]) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_page_one_tables_and_figures_show_the_values_of_the_document(
    documents: dict[str, Document], pages: dict[str, Page], kind: str
) -> None:
    shown = list(shown_on(pages[kind]))

    assert {"standing", "sites", "page one", "figure-serious", "figure-grades"} <= {
        place for place, _, _ in shown
    }
    assert len(shown) > 150
    assert faults(iter(shown), documents[kind]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_html_shows_the_values_of_the_document(
    documents: dict[str, Document], pages: dict[str, Page], kind: str
) -> None:
    shown = list(shown_in_html(html_bytes(pages[kind]).decode()))

    assert len(shown) > 150
    assert faults(iter(shown), documents[kind]) == []


def test_pdf_shows_every_row_as_the_page_model_has_it(pages: dict[str, Page]) -> None:
    without_profiles = with_figures(replace(pages["closed"], profiles=()), lambda _: None)
    reader = PdfReader(io.BytesIO(pdf_bytes(without_profiles)))
    text = re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))

    rows = [
        "".join(row.cells[: len(row.keys)])
        for grid in pages["closed"].tables
        for row in grid.rows
        if row.keys
    ]
    absent = [row for row in rows if re.sub(r"\s+", "", row) not in text]

    assert len(rows) > 150
    assert absent == []


def test_values_in_descriptions_stand_in_the_words(pages: dict[str, Page]) -> None:
    page = pages["closed"]
    figures = [*page.figures, *(answer.figure for answer in page.answers if answer.figure)]

    assert all(piece.text in figure.description for figure in figures for piece in figure.values)


@pytest.mark.parametrize("kind", KINDS)
def test_every_mark_of_a_figure_says_a_number_of_its_table(pages: dict[str, Page], kind: str) -> None:
    marks = {figure.id: marks_of(figure.svg) for figure in figures_of(pages[kind])}

    assert all(marks.values())
    assert sum(len(own) for own in marks.values()) > (200 if kind == "closed" else 30)
    assert list(mark_faults(pages[kind])) == []


def test_marks_that_show_a_cell_carry_its_identity(pages: dict[str, Page]) -> None:
    """Without it a mark is only compared with the numbers of a line."""
    without = {
        figure.id
        for figure in figures_of(pages["closed"])
        for mark in marks_of(figure.svg)
        if "key" not in mark.data
    }

    # Steps of curves, comparisons and lines of listings are no cells.
    assert without <= {
        "figure-enrolment", "figure-death-curve", "figure-first-events", "figure-mean-events", "figure-terms",
        "figure-volcano", "figure-slopes", "figure-swimmer",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("figure_id", "right", "wrong"),
    [
        ("figure-grades", ": 15/47 (31.9", ": 16/47 (31.9"),
        ("figure-volcano", "A − B: 10.7 (", "A − B: 10.8 ("),
        ("figure-swimmer", "infusion, day 3", "infusion, day 4"),
        ("figure-mean-events", "from day 7: 2.", "from day 7: 3."),
    ],
)
def test_planted_difference_in_a_mark_is_found(
    pages: dict[str, Page], figure_id: str, right: str, wrong: str
) -> None:
    page = pages["closed"]

    def spoilt(figure: Drawing) -> Drawing:
        return replace(figure, svg=figure.svg.replace(right, wrong, 1)) if figure.id == figure_id else figure

    (found,) = mark_faults(with_figures(page, spoilt))

    assert found.startswith(figure_id)
    assert wrong in found


def test_planted_difference_between_two_tables_is_found(documents: dict[str, Document]) -> None:
    document = copy.deepcopy(documents["closed"])
    deaths = next(table for table in document["tables"] if table["id"] == "deaths")
    again = copy.deepcopy(next(cell for cell in deaths["cells"] if cell["measure"] == "participants_died"))
    document["tables"].append(
        make_table(id="elsewhere", cells=[again | {"count": again["count"] + 1}], comparisons=[])
    )

    (found,) = figure_disagreements(document)

    assert found.identity == figure_identity(again)
    assert [place for place, _ in found.values] == ["deaths", "elsewhere"]
    assert "This report contradicts itself" in page_of(document).missing[0].text


def test_planted_difference_of_a_denominator_is_found(documents: dict[str, Document]) -> None:
    document = copy.deepcopy(documents["closed"])
    overview = next(table for table in document["tables"] if table["id"] == "ae_overview")
    cell = next(c for c in overview["cells"] if c["measure"] == "participants_with_sae" and c["arm"] == "A")
    cell["denominator"] -= 1

    assert [str(found) for found in figure_disagreements(document)] == [
        "treated in A: enrolment, treated: 21; ae_overview, participants_with_sae, denominator: 20"
    ]


def test_planted_difference_on_page_one_is_found(documents: dict[str, Document]) -> None:
    wrong = Piece("7/21 (33.3\u00a0%)", figure_identity(make_cell()))

    assert faults(iter([("page one", wrong.key, wrong.text)]), documents["closed"]) == [
        f"page one: {wrong.key}: {wrong.text}"
    ]


def test_counts_that_are_sums_of_each_other_agree(documents: dict[str, Document]) -> None:
    tables = {table["id"]: table for table in documents["closed"]["tables"]}

    def total(table: str, measure: str) -> list[dict[str, Any]]:
        return [c for c in tables[table]["cells"] if c["measure"] == measure and c["arm"] == "total"]

    received = sum(int(c["level"]) * c["count"] for c in total("exposure", "infusions_received"))
    assert received == total("exposure", "infusions")[0]["count"]
    assert received == sum(len(row["infusion_days"]) for row in tables["timeline"]["rows"])
    assert (
        len(tables["sae_listing"]["rows"])
        == total("new_since_last_look", "new_serious_adverse_events")[0]["denominator"]
    )
    assert len(tables["deaths"]["rows"]) == total("deaths", "enrolled_participants_died")[0]["count"]
    assert len(tables["reconciliation"]["rows"]) == total("reconciliation", "contradictions")[0]["count"]
    profiled = {profile["participant"] for profile in documents["closed"]["profiles"]}
    assert profiled == {row["participant"] for row in tables["sae_listing"]["rows"]}
