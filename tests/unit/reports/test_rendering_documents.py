"""The three documents: complete, the same bytes each time, harmless, and legible to machines that read aloud."""

import hashlib
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import datetime

import pytest
from pypdf import PdfReader

from reports.documents import document_of
from reports.rendering.document import assemble, canonical_bytes, instant_text, json_bytes
from reports.rendering.figures.drawing import LINES
from reports.rendering.html import html_bytes, style_source, stylesheet
from reports.rendering.page import Page, page_of
from reports.rendering.pdf import pdf_bytes
from tests.unit.dsmb.board_documents import make_document, make_header, make_table, make_tables
from tests.unit.reports.whole_reports import make_snapshot

ANOTHER_PROCESS = """
import sys
sys.path[:0] = ["."]
import os, time
os.environ["TZ"] = "Asia/Tokyo"
time.tzset()
from tests.unit.dsmb.board_documents import make_document
from reports.rendering.html import html_bytes
from reports.rendering.page import page_of
from reports.rendering.pdf import pdf_bytes
import hashlib
page = page_of(make_document())
print(hashlib.sha256(html_bytes(page) + pdf_bytes(page)).hexdigest())
"""


@pytest.fixture(scope="module")
def whole() -> Page:
    """The page model of the whole document."""
    return page_of(make_document())


@pytest.fixture(scope="module")
def html(whole: Page) -> str:
    return html_bytes(whole).decode()


@pytest.fixture(scope="module")
def written(whole: Page) -> bytes:
    return pdf_bytes(whole)


@pytest.fixture(scope="module")
def pdf(written: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(written))


def test_json_has_the_keys_of_the_contract():
    document = json.loads(json_bytes(make_document()))

    assert {"trial", "look", "kind", "version", "data_cutoff_at", "snapshot_sha256", "arms", "tables"} <= set(
        document
    )
    assert document["data_cutoff_at"] == "2020-11-06T12:34:00Z"


def test_kind_that_is_neither_open_nor_closed_is_refused():
    with pytest.raises(ValueError, match="kind: 'public' is neither"):
        assemble(header=make_header(kind="public"), arms=[], tables=[])


def test_cutoff_without_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        instant_text(datetime(2020, 4, 6))  # noqa: DTZ001


def test_canonical_bytes_do_not_depend_on_the_order_of_keys():
    assert (
        canonical_bytes({"b": 1, "a": "é"})
        == canonical_bytes({"a": "é", "b": 1})
        == '{"a":"é","b":1}'.encode()
    )


def test_canonical_bytes_refuse_what_json_has_no_word_for():
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_bytes({"mean": float("nan")})


def test_documents_are_the_same_bytes_in_another_process_with_other_settings(html, written):
    here = hashlib.sha256(html.encode() + written).hexdigest()

    run = subprocess.run([sys.executable, "-c", ANOTHER_PROCESS], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == here


def test_every_table_and_figure_is_there_and_the_stamp_once(html, whole):
    tables = html.count("<table>")
    steps = [figure for figure in (*whole.front_figures, *whole.figures) if figure.steps]
    assert tables == len(whole.tables) + len(steps)
    assert html.count(whole.stamp) == 1
    assert whole.stamp.startswith(
        "CLOSED · CELL-1 · look at 40 enrolled · data to 06 Nov 2020, 12:34 UTC · version 1"
    )


def test_html_escapes_what_people_typed(html):
    assert "Shock &lt;refractory&gt; &amp; anuria" in html
    assert "<refractory>" not in html


def test_html_needs_no_inline_style_script_or_outside_resource(html):
    assert not re.search(r"<script|\sstyle=|\son[a-z]+=|<link|@import", html)
    assert not re.search(r'(?:src|href)="(?!#)', html.replace('xlink:href="#', ""))


def test_ids_are_unique(html):
    ids = re.findall(r'\bid="([^"]+)"', html)

    assert len(ids) == len(set(ids))


def test_links_lead_somewhere(html):
    targets = set(re.findall(r'href="#([^"]+)"', html))

    assert targets
    assert targets <= set(re.findall(r'\bid="([^"]+)"', html))


def test_figures_have_a_name_and_a_description(html):
    svgs = re.findall(r"<svg[^>]*>.*?</svg>", html, flags=re.DOTALL)

    assert len(svgs) == 6
    assert all('role="img"' in svg and "<title" in svg and "<desc" in svg for svg in svgs)


def test_style_source_admits_the_stylesheet_of_the_file(html):
    other = html.replace("border-box", "content-box").encode()

    assert style_source(html.encode()).startswith("'sha256-")
    assert style_source(html.encode()) != style_source(other)
    assert stylesheet() in html


def test_marks_leave_the_pdf_as_it_is():
    page = page_of(make_document(tables=make_tables()[:1]))
    (figure,) = page.front_figures
    plain = re.sub(r'<line [^>]*stroke="none".*?</line>', "", figure.svg)

    assert plain != figure.svg
    assert pdf_bytes(replace(page, front_figures=(replace(figure, svg=plain),))) == pdf_bytes(page)


def test_open_report_says_why_it_is_silent_about_antibodies():
    open_html = html_bytes(page_of(make_document(kind="open", tables=[]))).decode()

    assert "Antibody results are in the closed report only" in open_html
    assert '<body class="open">' in open_html


def test_report_without_tables_still_reads():
    page = page_of(make_document(tables=[], entered_after_cutoff={}))

    assert [line.text for line in page.missing] == ["Nothing is known to be missing."]
    assert [line.text for line in page.news] == ["This is the first report: everything in it is new."]
    assert [answer.figure for answer in page.answers] == [None] * 4


def test_page_one_answers_with_the_figures_of_the_tables(whole):
    assert [sentence.text for sentence in whole.answers[0].sentences] == [
        "Participants who died: Arm A 0/21, at most 16.1\u00a0%, Arm B 3/24 (12.5\u00a0%).",
    ]
    assert "difference A − B: 3.6 (\u221221.2 to 28.6) points" in whole.answers[1].sentences[0].text


def test_rows_entered_after_the_cutoff_are_counted_and_said(whole):
    assert [line.text for line in whole.missing] == [
        "Entered after the cut-off, counted here and not used: 3 adverse events."
    ]


def test_long_news_are_cut_with_a_word_about_the_rest():
    news = make_table(
        id="new_since_last_look",
        cells=[],
        comparisons=[],
        columns=[{"id": "what", "label": "What"}],
        rows=[{"participant": "07-001", "what": f"event {place}", "study_day": 3} for place in range(15)],
    )

    page = page_of(make_document(tables=[news]))

    assert page.news[1].text == "07-001: event 0, D3"
    assert page.news[-1].text == "and 10 more, in the table below."


def test_report_of_three_arms_is_set_whole():
    """Its tables are as wide as a page allows; each arm has its own line, mark and column."""
    content = json.loads(make_snapshot("closed", arms=["A", "B", "C"]))
    third = {row["participant"] for row in content["frames"]["participants"][::3]}
    rows = [row for frame in content["frames"].values() for row in frame if row.get("arm")]
    for row in rows:
        row["arm"] = "C" if row["participant"] in third else row["arm"]
    page = page_of(document_of(json.dumps(content, sort_keys=True).encode()))

    sheets = PdfReader(io.BytesIO(pdf_bytes(page))).pages

    slopes = next(figure.svg for figure in page.figures if "Donor-specific" in figure.title)
    assert len(sheets) > 20
    assert set(re.findall(r"Arm [A-D]\b", html_bytes(page).decode())) == {"Arm A", "Arm B", "Arm C"}
    assert all(f'stroke-dasharray="{dash}"' in slopes for dash in LINES[1:3])


def test_every_pdf_page_carries_kind_look_cutoff_version_hash_and_number(pdf):
    pages = [re.sub(r"\s+", " ", page.extract_text()) for page in pdf.pages]

    behind = [text for text in pages if "appendix, page A" in text]
    main = pages[: len(pages) - len(behind)]
    numbers = [f"page {number} of {len(main)}" for number in range(1, len(main) + 1)]
    numbers += [f"appendix, page A{number} of A{len(behind)}" for number in range(1, len(behind) + 1)]
    for number, text in zip(numbers, pages, strict=True):
        assert "CLOSED CELL-1 · look at 40 enrolled" in text
        assert "data to 06 Nov 2020, 12:34 UTC" in text
        assert "CLOSED · version 1 · snapshot ab12ab12ab12" in text
        assert number in text


def test_pdf_is_tagged_archival_and_dated_with_the_cutoff(pdf):
    catalogue = pdf.trailer["/Root"]
    metadata = catalogue["/Metadata"].get_data().decode()

    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en-GB"
    assert "pdfaid:part" in metadata
    assert "pdfuaid:part" in metadata
    assert "2020-11-06" in metadata
    assert pdf.metadata.title == "CLOSED report, CELL-1, look at 40 enrolled, version 1"


def test_pdf_uses_the_bundled_font_alone(pdf):
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in pdf.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }

    assert fonts
    assert all("DejaVuSans" in font for font in fonts)


def test_pdf_shows_the_figures_of_the_html(pdf, html):
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))

    for figure in (
        "6/21 (28.6 %)",
        "0/21, at most 16.1 %",
        "3.6 (−21.2 to 28.6)",
        "Shock <refractory> & anuria",
    ):
        assert figure in text


def test_a_table_that_no_section_names_is_shown_in_further_tables():
    page = page_of(make_document(tables=[make_table(id="not_heard_of", title="Unheard of"), *make_tables()]))

    assert page.parts[-1].title == "Appendix: Further tables"
    assert [grid.title for grid in page.parts[-1].grids] == ["Unheard of"]
    assert len(page.tables) == len({grid.id for grid in page.tables}) == 6
