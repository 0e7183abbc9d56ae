"""The shipped tables: every everyday word leads to terms that its version has.

Every term has our own French label.
"""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from events.queries.word_tables import shipped_terms
from events.rules.search_spelling import search_words

WORDS = Path(__file__).resolve().parents[3] / "events" / "words"
VERSIONS = ("5.0", "6.0")
LEAST_WORDS = 600


def rows(name: str) -> list[dict[str, str]]:
    with (WORDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_target_is_a_term_of_its_version(language: str) -> None:
    known = {(v, term.code, term.term) for v in VERSIONS for term in shipped_terms(v)}

    strange = [
        row for row in rows(f"{language}.csv") if (row["version"], row["code"], row["term"]) not in known
    ]

    assert strange == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_there_are_many_words_and_each_leads_somewhere_in_both_versions(language: str) -> None:
    versions: dict[str, set[str]] = defaultdict(set)
    for row in rows(f"{language}.csv"):
        versions[row["word"]].add(row["version"])

    assert len(versions) >= LEAST_WORDS
    assert [word for word, known in versions.items() if known != set(VERSIONS)] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_table_is_sorted_and_its_orders_count_from_one(language: str) -> None:
    listed = [(row["word"], row["version"], int(row["order"])) for row in rows(f"{language}.csv")]
    targets: dict[tuple[str, str], list[int]] = defaultdict(list)
    for word, version, order in listed:
        targets[word, version].append(order)

    assert listed == sorted(listed)
    assert [key for key, orders in targets.items() if orders != list(range(1, len(orders) + 1))] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_word_is_there_twice_in_another_spelling(language: str) -> None:
    words = {row["word"] for row in rows(f"{language}.csv")}

    spellings = Counter(search_words(word) for word in words)

    assert [spelling for spelling, times in spellings.items() if times > 1] == []
    assert () not in spellings


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_word_names_a_term_once(language: str) -> None:
    named = Counter((row["word"], row["version"], row["code"]) for row in rows(f"{language}.csv"))

    assert [key for key, times in named.items() if times > 1] == []


def test_every_term_has_one_short_french_label_of_its_own() -> None:
    labels = rows("labels_fr.csv")
    wanted = {(term.code, term.term) for version in VERSIONS for term in shipped_terms(version)}

    assert {(row["code"], row["term"]) for row in labels} == wanted
    assert len({row["label"] for row in labels}) == len(labels)
    assert all(0 < len(row["label"]) <= 80 for row in labels)
    assert [row["code"] for row in labels] == sorted(row["code"] for row in labels)
