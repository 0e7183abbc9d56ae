"""Text on paper: signs that the fonts do not have, and words that no column has room for."""

import pytest

from documents.legible_text import BREAK, is_legible, legible
from reports.rendering.legible import legible_document


@pytest.mark.parametrize(
    "text",
    [
        "Œdème aigu « droit » ≥ 3 µg",
        "Ağrı şişlik",
        "صداع",
        "😀",
        "<b>#strong[x]</b> $a$ \\ @ref",
        "a" * 30,
        "f" * 64,
    ],
)
def test_what_the_fonts_have_stays_as_it_is(text: str) -> None:
    assert is_legible(text)
    assert legible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("发热", "⟨U+53D1 U+70ED⟩"),
        ("a发b热c", "a⟨U+53D1⟩b⟨U+70ED⟩c"),
        ("発熱, 열", "⟨U+767A U+71B1⟩, ⟨U+C5F4⟩"),
        ("🫀 pain", "⟨U+1FAC0⟩ pain"),
    ],
)
def test_a_sign_without_a_glyph_is_shown_by_its_number(text: str, shown: str) -> None:
    assert legible(text) == shown


def test_a_long_word_may_break_and_loses_nothing() -> None:
    word = "Pneumonoultramicroscopicsilicovolcanoconiosis"

    shown = legible(f"a {word} b")

    assert shown.replace(BREAK, "") == f"a {word} b"
    assert max(map(len, shown.replace(BREAK, " ").split())) <= 10


def test_a_table_with_numbers_for_signs_says_so_and_others_do_not() -> None:
    tables = [{"id": "one", "notes": [], "rows": [{"term": "发热"}]}, {"id": "two", "notes": [], "rows": []}]

    one, two = legible_document({"tables": tables})["tables"]

    assert "Unicode numbers" in one["notes"][0]
    assert two["notes"] == []
