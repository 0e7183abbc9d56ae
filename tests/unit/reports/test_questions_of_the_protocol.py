"""Page one asks what the protocol asks, and refuses questions that no table could answer."""

import json
from typing import Any, get_args

import pytest

from reports.documents import document_of
from reports.rendering.page import Page, page_of
from reports.rendering.questions import QUESTIONS
from tests.unit.reports.whole_reports import make_snapshot, protocol_content
from trials.rules.protocol import ProtocolError, parse_protocol
from trials.rules.protocol.questions import QuestionTable

ASKED = {
    "id": "grade3",
    "question": "Are more having any event?",
    "table": "ae_overview",
    "measures": ["participants_with_sae", "participants_with_ae"],
    "figure": "participants_with_ae",
    "population": "treated",
    "source": "an invented charter",
}


def page_asking(*questions: dict[str, Any], kind: str = "closed") -> Page:
    content = json.loads(make_snapshot(kind))
    content["protocol"]["content"]["questions"] = list(questions)
    return page_of(document_of(json.dumps(content).encode()))


def test_page_one_asks_what_the_protocol_asks_and_nothing_else() -> None:
    (answer,) = page_asking(ASKED).answers

    assert answer.question == "Are more having any event?"
    assert answer.figure is not None
    assert "adverse event" in answer.figure.title.lower()
    assert any("18/21" in sentence.text for sentence in answer.sentences)


def test_question_of_another_population_is_not_answered_with_the_treated() -> None:
    (answer,) = page_asking(ASKED | {"population": "enrolled"}).answers

    assert answer.figure is None
    assert answer.sentences[0].text == "The report counts this among: treated; the protocol asks: enrolled."


def test_question_about_antibodies_stays_sealed_under_any_id() -> None:
    asked = ASKED | {
        "table": "antibodies",
        "measures": ["participants_with_de_novo_dsa"],
        "figure": "participants_with_de_novo_dsa",
    }

    (answer,) = page_asking(asked, kind="open").answers

    assert answer.figure is None
    assert "closed report only" in answer.sentences[0].text


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"table": "gossip"}, "questions[1].table"),
        ({"measures": []}, "questions[1].measures"),
        ({"figure": "ae"}, "questions[1].figure"),
        ({"question": ""}, "questions[1].question"),
        ({"source": ""}, "questions[1].source"),
    ],
)
def test_question_that_cannot_be_answered_is_refused_by_its_key(change: dict[str, Any], key: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        parse_protocol(protocol_content() | {"questions": [ASKED | change]})

    assert key in str(refused.value)


def test_tables_that_may_answer_are_tables_of_the_report() -> None:
    named = {table["id"] for table in document_of(make_snapshot("closed"))["tables"]}

    assert set(get_args(QuestionTable)) <= named
    assert {question.table_id for question in QUESTIONS} <= set(get_args(QuestionTable))
