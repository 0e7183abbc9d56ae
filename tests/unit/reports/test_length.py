"""The length of a closed report, its repetitions, and that each part is in exactly one place."""

import io
import json
import re
from collections import Counter

import pytest
from pypdf import PdfReader

from reports.documents import document_of
from reports.rendering.html import html_bytes
from reports.rendering.page import Page, page_of
from reports.rendering.pdf import pdf_bytes
from tests.unit.reports.whole_reports import make_snapshot

MOST_PAGES = 15
MOST_REPEATS = 3
PAGE_NUMBER = re.compile(r"(appendix, )?page (A?)(\d+) of A?(\d+)")
TERMS = [f"Term {letter}{number}" for letter in "ABCDEF" for number in range(9)]


def snapshot_of_many_terms() -> bytes:
    """The invented trial with as many different terms as a real one has."""
    content = json.loads(make_snapshot("closed"))
    for place, event in enumerate(content["frames"]["adverse_events"]):
        event["term"] = TERMS[place % len(TERMS)]
        event["soc"] = f"Class {event['term'][5]}"
    return json.dumps(content, sort_keys=True).encode()


@pytest.fixture(scope="module")
def shown() -> Page:
    return page_of(document_of(snapshot_of_many_terms()))


@pytest.fixture(scope="module")
def sheets(shown: Page) -> list[str]:
    reader = PdfReader(io.BytesIO(pdf_bytes(shown)))
    return [re.sub(r"\s+", " ", sheet.extract_text()) for sheet in reader.pages]


def main_part(sheets: list[str]) -> list[str]:
    return [text for text in sheets if "appendix, page A" not in text]


def test_main_part_has_at_most_fifteen_pages_with_numbers_of_its_own(sheets: list[str]) -> None:
    main = main_part(sheets)

    assert 9 <= len(main) <= MOST_PAGES
    for number, text in enumerate(main, start=1):
        assert f"page {number} of {len(main)}" in text


def test_appendix_is_numbered_by_itself(sheets: list[str]) -> None:
    behind = sheets[len(main_part(sheets)) :]

    assert behind
    for number, text in enumerate(behind, start=1):
        assert f"appendix, page A{number} of A{len(behind)}" in text


def test_page_two_is_what_differs_between_the_arms(sheets: list[str]) -> None:
    assert "What differs between the arms, largest first" in sheets[1]
    assert "all of them are in the appendix" in sheets[1]


def test_no_sentence_is_said_more_than_three_times(sheets: list[str]) -> None:
    """Words of six or more; headers and footers are on every page by rule."""
    whole = " ".join(re.sub(r"CLOSED .*? Enrolled: [^.]*\.", "", text) for text in sheets)
    sentences = [part.strip() for part in re.split(r"(?<=[.:;])\s|•", whole)]
    often = {
        sentence: count
        for sentence, count in Counter(sentences).items()
        if count > MOST_REPEATS and len(sentence.split()) >= 6 and not re.search(r"\d", sentence)
    }

    assert often == {}


def test_at_most_stands_on_page_one_and_in_words_of_figures_only(sheets: list[str]) -> None:
    assert sum(text.count("at most") for text in sheets) <= 40


def test_stamp_stands_once_in_html_and_once_on_each_sheet(shown: Page, sheets: list[str]) -> None:
    assert html_bytes(shown).decode().count(shown.stamp) == 1
    assert all(text.count(f"snapshot {shown.snapshot_sha256[:12]}") == 1 for text in sheets)


def test_every_table_and_figure_stands_in_one_place(shown: Page) -> None:
    ids = [grid.id for grid in shown.tables] + [table.id for table in shown.empty]
    figures = [figure.id for figure in shown.figures]

    assert len(ids) == len(set(ids))
    assert len(figures) == len(set(figures))
    assert {table for figure in shown.figures for table in [figure.table_id]} <= set(ids)


def test_differences_are_sorted_and_equal_those_of_the_other_tables() -> None:
    document = document_of(snapshot_of_many_terms())
    tables = {table["id"]: table for table in document["tables"]}
    rows = tables["arm_differences"]["rows"]
    sizes = [abs(row["risk_difference"]) for row in rows]
    elsewhere = {(c["soc"], c["term"]): c["risk_difference"] for c in tables["ae_by_soc_term"]["comparisons"]}

    assert sizes == sorted(sizes, reverse=True)
    assert len(rows) > len(TERMS)
    by_term = [row for row in rows if row["soc"]]
    assert all(row["risk_difference"] == elsewhere[row["soc"], row["term"]] for row in by_term)
    assert {"Died", "Serious event", "Event of grade 3 or higher"} <= {row["what"] for row in rows}
    assert all(row["p_adjusted"] >= row["p_value"] for row in rows if row["p_value"] is not None)


def test_differences_hold_every_pair_of_three_arms() -> None:
    content = json.loads(make_snapshot("closed", arms=["A", "B", "C"]))
    third = {row["participant"] for row in content["frames"]["participants"][::3]}
    for row in [row for frame in content["frames"].values() for row in frame if row.get("arm")]:
        row["arm"] = "C" if row["participant"] in third else row["arm"]

    (table,) = [
        t for t in document_of(json.dumps(content).encode())["tables"] if t["id"] == "arm_differences"
    ]

    assert {row["arms"] for row in table["rows"]} == {"A − C", "B − C", "A − B"}


def test_open_report_has_no_table_of_differences() -> None:
    assert "arm_differences" not in {t["id"] for t in document_of(make_snapshot("open"))["tables"]}


def test_question_that_the_protocol_does_not_pose_is_absent() -> None:
    content = json.loads(make_snapshot("closed"))
    del content["protocol"]["content"]["haemodynamics"]
    for name in [name for name in content["frames"] if name.startswith("haemodynamic")]:
        content["frames"][name] = []

    page = page_of(document_of(json.dumps(content).encode()))

    assert "Does anything happen around the infusions?" not in [answer.question for answer in page.answers]
    assert "Are more people dying?" in [answer.question for answer in page.answers]


def test_answer_about_immunisation_leaves_out_what_was_there_before(shown: Page) -> None:
    (answer,) = [one for one in shown.answers if one.question_id == "immunised"]

    assert "de novo" in answer.sentences[0].text
    assert all("pre-formed" not in sentence.text.lower() for sentence in answer.sentences)


def test_comparison_that_was_not_made_names_no_method() -> None:
    content = json.loads(make_snapshot("closed"))
    for person in content["frames"]["participants"]:
        person["treated"] = person["treated"] and person["arm"] == "A"

    tables = {table["id"]: table for table in document_of(json.dumps(content).encode())["tables"]}

    not_made = [c for c in tables["ae_overview"]["comparisons"] if c["risk_difference"] is None]
    assert not_made
    assert {c[name] for c in not_made for name in ("ci_method", "p_value", "test")} == {None}
