"""One list of what a board may recommend: in the protocol file, the answer to an alert, the meeting, the report."""

from typing import get_args

import pytest

from dsmb.rendering.letter import SENTENCES
from reports.choices import Recommendation
from reports.models import AlertAnswer
from reports.tables.boundaries import ANSWERS
from trials.rules.protocol.charter import RecommendationWord


def test_protocol_files_offer_the_same_words() -> None:
    assert list(get_args(RecommendationWord)) == Recommendation.values


def test_report_and_letter_have_words_for_each() -> None:
    assert set(ANSWERS) == set(SENTENCES) == set(Recommendation)


@pytest.mark.parametrize("word", Recommendation)
def test_report_says_what_the_page_says(word: Recommendation) -> None:
    assert ANSWERS[word] == str(word.label).lower()


def test_answer_by_the_earlier_word_is_read_as_the_same_recommendation() -> None:
    assert AlertAnswer(choice="meet").recommendation is Recommendation.AD_HOC


def test_word_of_no_list_is_not_taken_for_one() -> None:
    with pytest.raises(ValueError, match="halt"):
        Recommendation("halt")
