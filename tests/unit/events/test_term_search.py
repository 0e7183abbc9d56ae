"""The search for a term: a nurse's words find the right term among the first three."""

import itertools

import pytest

from events.queries.term_search import index_for, language_of, suggest_terms
from events.queries.word_tables import shipped_terms
from events.rules.ctcae import Term
from events.rules.search_spelling import is_near, is_near_start, search_words
from events.rules.term_search import Match, Phrase, find_terms, index_of
from tests.unit.events.nurse_words import ENGLISH, FRENCH, IN_VERSION_6, OTHER_IN_VERSION_6

SEEN = 3
"""A nurse reads three suggestions."""


def found(words: str, *, language: str = "en", version: str = "5.0", limit: int = SEEN) -> list[str]:
    names = {term.code: term.term for term in shipped_terms(version)}
    suggested = suggest_terms(version=version, language=language, text=words, limit=limit)
    return [names[one.code] for one in suggested]


def in_version_6(words: str, term: str) -> str:
    return OTHER_IN_VERSION_6.get(words, IN_VERSION_6.get(term, term))


@pytest.mark.parametrize(("words", "term"), ENGLISH.items())
def test_english_words_find_the_term(words: str, term: str) -> None:
    assert term in found(words)
    assert in_version_6(words, term) in found(words, version="6.0")


@pytest.mark.parametrize(("words", "term"), FRENCH.items())
def test_french_words_find_the_term(words: str, term: str) -> None:
    assert term in found(words, language="fr")
    assert in_version_6(words, term) in found(words, language="fr", version="6.0")


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("bleeding", "en"),
        ("hemorrhage", "en"),
        ("haemorrhage", "en"),
        ("saignement", "fr"),
        ("hémorragie", "fr"),
    ],
)
@pytest.mark.parametrize("version", ["5.0", "6.0"])
def test_a_bleeding_is_no_bleeding_of_a_stoma(words: str, language: str, version: str) -> None:
    terms = found(words, language=language, version=version, limit=8)

    assert terms[:2] == ["Upper gastrointestinal hemorrhage", "Intracranial hemorrhage"]
    assert not any("stoma" in term.lower() for term in terms)


@pytest.mark.parametrize(
    ("typed", "language", "term"),
    [
        ("hypotensoin", "en", "Hypotension"),
        ("hipotension", "en", "Hypotension"),
        ("hypotenson", "en", "Hypotension"),
        ("hypotennnsion", "en", "Hypotension"),
        ("gever", "en", "Fever"),
        ("kidney failuer", "en", "Acute kidney injury"),
        ("seixure", "en", "Seizure"),
        ("desaturatoin", "fr", "Hypoxia"),
        ("saignemant", "fr", "Upper gastrointestinal hemorrhage"),
        ("escrare", "fr", "Skin ulceration"),
        ("convultions", "fr", "Seizure"),
        ("thromboponie", "fr", "Platelet count decreased"),
    ],
)
def test_one_wrong_letter_is_tolerated(typed: str, language: str, term: str) -> None:
    assert term in found(typed, language=language)


@pytest.mark.parametrize(
    "typed",
    [
        "fièvre",
        "fievre",
        "FIÈVRE",
        "Fièvres",
        "fiévre",
        "fie\N{COMBINING GRAVE ACCENT}vre",
        " fièvre ",
        "fièvr",
    ],
)
def test_accents_case_and_plural_make_no_difference(typed: str) -> None:
    assert found(typed, language="fr")[0] == "Fever"


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("hypotension", "Hypotension"),
        ("HYPOTEN", "Hypotension"),
        ("diarrhoea", "Diarrhea"),
        ("anaemia", "Anemia"),
        ("oedema", "Edema limbs"),
        ("leucopenia", "White blood cell decreased"),
        ("acute kid", "Acute kidney injury"),
        ("inf react", "Infusion related reaction"),
        ("fibrillation ventr", "Ventricular fibrillation"),
        ("sépsis", "Sepsis"),
        ("myelitis", "Myelitis"),
        ("cardiac other", "Cardiac disorders - Other, specify"),
        ("10021097", "Hypotension"),
        ("1002109", "Hypotension"),
        ("self-extubation", "Respiratory, thoracic and mediastinal disorders - Other, specify"),
        ("selfextubation", "Respiratory, thoracic and mediastinal disorders - Other, specify"),
    ],
)
def test_names_codes_beginnings_and_spellings_are_found(typed: str, term: str) -> None:
    assert term in found(typed)


def test_the_matched_word_is_told() -> None:
    assert suggest_terms(version="5.0", language="fr", text="fievre", limit=1)[0].matched == "fièvre"
    assert suggest_terms(version="5.0", language="en", text="fit", limit=1)[0].matched == "fit"


def test_words_of_the_other_language_are_found_too() -> None:
    assert found("kidney failure", language="fr")[0] == "Acute kidney injury"
    assert found("insuffisance rénale", language="en")[0] == "Acute kidney injury"


def test_each_event_of_a_sentence_is_found() -> None:
    assert set(found("feverish and confused")) == {"Fever", "Confusion"}


@pytest.mark.parametrize("typed", ["", "  ", "-", "?!", "zzzz", "qwrtzp"])
def test_nothing_is_found_where_nothing_fits(typed: str) -> None:
    assert found(typed) == []


def test_an_unknown_version_has_no_terms() -> None:
    assert suggest_terms(version="4.03", language="en", text="fever", limit=5) == ()


def test_the_limit_is_kept_and_each_term_comes_once() -> None:
    terms = found("a", limit=7)

    assert len(terms) == len(set(terms)) == 7


def test_every_term_is_found_by_its_own_name() -> None:
    wrong = [
        (version, term.term, found(term.term, language=language, version=version, limit=1))
        for version, language in itertools.product(("5.0", "6.0"), ("en", "fr"))
        for term in shipped_terms(version)
        if found(term.term, language=language, version=version, limit=1) != [term.term]
    ]

    assert wrong == []


TERMS = tuple(
    Term(code, "SOC", name, (1, 2)) for code, name in (("1", "Alpha"), ("2", "Beta"), ("3", "Gamma"))
)


def small(*phrases: tuple[str, str, int]) -> list[Phrase]:
    return [Phrase(*phrase) for phrase in phrases]


def test_ranks_go_before_the_trials_habit_and_within_a_rank_the_habit_decides() -> None:
    index = index_of(TERMS, small(("bleeding", "1", 1), ("bleeding", "2", 2), ("bleeding nose", "3", 1)))

    usual = [one.code for one in find_terms("bleeding", index, limit=5)]
    habit = [one.code for one in find_terms("bleeding", index, limit=5, counts={"2": 4, "3": 90})]

    assert usual == ["1", "2", "3"]
    assert habit == ["2", "1", "3"]


def test_exact_goes_before_beginning_all_words_and_one_letter() -> None:
    index = index_of(
        TERMS, small(("heart failing", "1", 1), ("failing heart rate", "2", 1), ("hearts failink", "3", 1))
    )

    ranks = [(one.code, one.match) for one in find_terms("heart fail", index, limit=5)]

    assert ranks == [("1", Match.BEGINNING), ("3", Match.BEGINNING), ("2", Match.ALL_WORDS)]


def test_a_phrase_of_a_term_that_the_version_has_not_is_left_out() -> None:
    index = index_of(TERMS, small(("bleeding", "9", 1)))

    assert find_terms("bleeding", index, limit=5) == ()


@pytest.mark.parametrize(
    ("typed", "word", "is_one"),
    [
        ("fever", "fever", True),
        ("fevr", "fever", True),
        ("feever", "fever", True),
        ("favor", "fever", False),
        ("fevre", "fever", True),
        ("never", "fever", True),
        ("fit", "fat", False),
        ("clot", "blot", True),
        ("clots", "blot", False),
    ],
)
def test_one_letter_may_differ_and_not_in_short_words(typed: str, word: str, is_one: bool) -> None:
    assert is_near(typed, word) == is_one


@pytest.mark.parametrize(
    ("typed", "word", "is_one"),
    [
        ("fev", "fever", True),
        ("hypat", "hypotension", True),
        ("hyopt", "hypotension", True),
        ("hypto", "hypotension", True),
        ("hippt", "hypotension", False),
        ("hxpo", "hypotension", False),
    ],
)
def test_the_beginning_of_a_word_may_have_one_wrong_letter(typed: str, word: str, is_one: bool) -> None:
    assert is_near_start(typed, word) == is_one


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("allergies", "allergy"),
        ("allergie", "allergy"),
        ("Œdèmes", "oedème"),
        ("paralyse", "paralyze"),
        ("leucocytes", "leukocyte"),
        ("haemorrhage", "hemorage"),
        ("clot in the lung", "clot on lungs"),
        ("auto-extubation", "auto extubation"),
    ],
)
def test_spellings_that_are_one(left: str, right: str) -> None:
    assert search_words(left) == search_words(right)


@pytest.mark.parametrize(
    ("left", "right"), [("PT", "PTT"), ("hepatitis A", "hepatitis B"), ("BAV 1", "BAV 2")]
)
def test_spellings_that_are_not_one(left: str, right: str) -> None:
    assert search_words(left) != search_words(right)


@pytest.mark.parametrize(
    ("code", "language"),
    [("fr", "fr"), ("fr-ca", "fr"), ("en-gb", "en"), ("de", "en"), (None, "en"), ("", "en")],
)
def test_the_language_of_the_tables(code: str | None, language: str) -> None:
    assert language_of(code) == language


def test_an_index_is_made_once() -> None:
    assert index_for("5.0", "fr") is index_for("5.0", "fr")
