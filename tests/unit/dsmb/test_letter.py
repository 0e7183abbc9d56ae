"""The open letter: the same facts give the same bytes, and nothing else changes them."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.utils import translation
from pypdf import PdfReader

from dsmb.choices import LetterFormat
from dsmb.rendering.letter import LetterFacts, LetterReport, letter_documents, letter_in
from reports.choices import Recommendation

AT = datetime(2020, 6, 2, 15, 30, tzinfo=UTC)
FACTS = LetterFacts(
    trial_code="CELL-1",
    trial_title="Cells in ARDS",
    held_on=date(2020, 6, 1),
    look=20,
    reports=(LetterReport(2, 1, 20, AT, "ab" * 32),),
    recommendation="modify",
    conditions="Report deaths weekly. <b>& #strong[not markup]",
    chair_name="Émilie du Châtelet",
    signed_at=AT,
    meaning="I chaired this meeting; the recommendation and the minutes are right and complete.",
    open_minutes_sha256="cd" * 32,
    sent_at=AT,
    answer_due_date=date(2020, 6, 16),
)


def test_letter_is_the_same_bytes_each_time_and_in_every_session():
    first = letter_documents(FACTS)
    with translation.override("fr"):
        second = letter_documents(FACTS)

    assert first == second
    assert set(first) == {(language, form) for language in ("en", "fr") for form in LetterFormat}


def test_pdf_says_what_the_page_says():
    documents = letter_documents(FACTS)

    for language in ("en", "fr"):
        pdf = documents[language, LetterFormat.PDF]
        text = " ".join("".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages).split())
        for words in ("CELL-1", "Report deaths weekly. <b>& #strong[not markup]", "Émilie du Châtelet", "16"):
            assert words in text
        assert b"pdfaid:part" in pdf


def test_page_escapes_what_the_chair_wrote():
    page = letter_documents(FACTS)["en", LetterFormat.HTML].decode()

    assert "&lt;b&gt;&amp; #strong[not markup]" in page


@pytest.mark.parametrize("recommendation", Recommendation.values)
def test_each_recommendation_has_a_sentence_in_both_languages(recommendation):
    english, french = (
        letter_in(language, replace(FACTS, recommendation=recommendation)).recommendation[0]
        for language in ("en", "fr")
    )

    assert english != french
    assert english.endswith(".")


def test_letter_without_a_deadline_says_so():
    assert "states no deadline" in letter_in("en", replace(FACTS, answer_due_date=None)).answer
    assert "16 Jun 2020" in letter_in("en", FACTS).answer
