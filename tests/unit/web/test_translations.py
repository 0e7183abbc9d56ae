"""Every text that the sources mark has a French one, with the same places to fill."""

import ast
import re
from pathlib import Path

import polib
import pytest

from safety_monitor.management.commands.collect_translations import collect
from safety_monitor.marked_texts import Marked, marked_texts, of_python, of_template

CATALOGUE = Path(__file__).resolve().parents[3] / "locale" / "fr" / "LC_MESSAGES" / "django.po"
SENTENCE = re.compile(r"[A-Z%][^:\n]{0,60}: [^\n]*[.?]")
ENGLISH_FILES = {"Line %(line)s, %(column)s: %(value)s is refused; %(rule)s."}
"""What the command that loads a dictionary prints."""
PLACES = re.compile(r"%%?\(\w+\)[sd]|%%\w?")
FRENCH = {(entry.msgid, entry.msgid_plural): entry for entry in polib.pofile(str(CATALOGUE))}


@pytest.fixture(scope="module")
def marked() -> list[Marked]:
    """Every text that the sources mark, found once."""
    return sorted(marked_texts())


def translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


RULE_APPS = ("trials", "assessments", "events", "product", "haemodynamics", "immunology")


def sentences_of_rules() -> set[str]:
    """What rules say: every text in them that begins with a field and a colon and ends as a sentence, but for docstrings."""
    rules = [CATALOGUE.parents[3] / app / "rules" for app in RULE_APPS]
    paths = (
        path for folder in (*rules, CATALOGUE.parents[3] / "partial_dates") for path in folder.rglob("*.py")
    )
    trees = [ast.parse(path.read_text()) for path in paths]
    described = {id(node.value) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = (
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described
    )
    return {text for text in texts if SENTENCE.fullmatch(text)}


def test_every_sentence_of_a_rule_is_marked(marked: list[Marked]) -> None:
    """Else a nurse reads English on a French page."""
    said = sentences_of_rules() - ENGLISH_FILES

    assert len(said) > 60
    assert said - {one for one, _many in marked} == set()


def test_every_marked_text_is_translated(marked: list[Marked]) -> None:
    missing = [text for text in marked if text not in FRENCH or not all(translations(FRENCH[text]))]

    assert missing == []


def test_no_translation_is_a_guess() -> None:
    assert [text for text, entry in FRENCH.items() if "fuzzy" in entry.flags] == []


def test_every_translation_fills_the_same_places(marked: list[Marked]) -> None:
    with_places = [text for text in marked if PLACES.search(text[0])]

    other = [text for text in with_places if not fills_the_places(text)]

    assert with_places
    assert other == []


def fills_the_places(text: Marked) -> bool:
    """Whether each French form has the places of the English one."""
    wanted = sorted(PLACES.findall(text[0]))
    forms = [sorted(PLACES.findall(french)) for french in translations(FRENCH[text])]
    return forms == [wanted] * (2 if text[1] else 1)


def test_marked_texts_are_found_in_python() -> None:
    source = 'a = _("one")\nb = ngettext("%(n)d day", "%(n)d days", n)\nc = plain("not me")\nd = _lazy("two " "parts")'

    assert list(of_python(source)) == [("one", ""), ("%(n)d day", "%(n)d days"), ("two parts", "")]


def test_marked_texts_are_found_in_templates() -> None:
    source = (
        '{% load i18n %}{% translate "one" %}{% blocktranslate with n=x %}{{ n }} of many{% endblocktranslate %}'
        '{{ y|default:_("two") }}'
    )

    assert set(of_template(source)) == {("one", ""), ("%(n)s of many", ""), ("two", "")}


def test_new_text_is_collected_to_be_translated(tmp_path: Path) -> None:
    catalogue = tmp_path / "django.po"
    polib.POFile().save(str(catalogue))

    waiting = collect(catalogue, {("Three beads", ""): ["a.py"], ("%(n)d bead", "%(n)d beads"): ["b.py"]})

    assert sorted(waiting) == ["%(n)d bead", "Three beads"]
    assert {entry.msgid for entry in polib.pofile(str(catalogue))} == set(waiting)
