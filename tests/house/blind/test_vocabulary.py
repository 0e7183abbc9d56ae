"""The search for forbidden words finds each of their forms, in any case, and skips similar words."""

import pytest

from tests.house.blind.answers import Answer
from tests.house.blind.reaching import Question
from tests.house.blind.vocabulary import FIXED_TEXTS, FORBIDDEN, forms, spoken_words

QUESTION = Question("GET trials-list", "GET trials-list", "/api/v1/trials/")
FOUND = {
    "donor-specific": (
        "DSA",
        "dsa_findings",
        "new donor-\nspecific",
        "spécifiques du donneur",
        "Anti-donneur",
    ),
    "de novo": ("arisen De\n novo",),
    "donor": ("the donor", "Donors", "donor_code", "le donneur", "donneurs"),
    "arm": ("UC-MSC", "uc_msc", "Placebo", "arm_code", "Coded arm"),
    "product": ("viability", "cells_million", "80 million cells", "a batch", "Batches", "lots de produit"),
    "mfi": ("MFI", "mfi: 3"),
    "sealed value": ("UCK7Q1", "8642.5", "Quassia"),
}
PASSED_OVER = ("sandsack", "Donoratico", "innovo", "a form", "batched", "comfiture", "186420.5", *FIXED_TEXTS)


def answered(text: str) -> Answer:
    return Answer(status=200, headers=(), body=text.encode(), queries=(), logs=(), mails=())


def words_in(text: str) -> set[str]:
    return {line.split(": ")[1] for line in spoken_words(QUESTION, answered(text), role="nurse")}


@pytest.mark.parametrize("word", FORBIDDEN)
def test_each_form_of_a_word_is_found(word: str) -> None:
    assert [text for text in FOUND[word] if word not in words_in(f"<p>{text}</p>")] == []


def test_what_only_looks_like_a_word_is_passed_over() -> None:
    assert [text for text in PASSED_OVER if words_in(f"<p>{text}</p>")] == []


def test_places_of_a_drawing_are_no_values_but_what_it_says_is() -> None:
    drawn = (
        '<line x1="8642.5" y1="1" points="8642.5,1"/><text x="1" transform="rotate(-90 8642.5 1)">{}</text>'
    )

    assert words_in(drawn.format("")) == set()
    assert words_in(drawn.format("8642.5")) == {"sealed value"}
    assert words_in('<circle data-key="8642.5"/>') == {"sealed value"}


def test_every_alternative_of_a_word_stands_in_a_sample() -> None:
    """One stem per form; a form whose stem is misspelt would be found nowhere."""
    assert {word: len(found.stems) for word, found in FORBIDDEN.items() if word != "sealed value"} == {
        word: len({stem for stem in FORBIDDEN[word].stems for text in FOUND[word] if _holds(text, stem)})
        for word in FORBIDDEN
        if word != "sealed value"
    }


def _holds(text: str, stem: str) -> bool:
    return stem in " ".join(text.lower().split())


def test_a_form_without_a_stem_is_refused() -> None:
    with pytest.raises(AssertionError, match="stem"):
        forms("donor")
