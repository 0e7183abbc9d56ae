"""Every marked text has a French translation, with the same placeholders."""

import ast
import re
import subprocess
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po"
SENTENCE = re.compile(r"[A-Z%][^:\n]{0,60}: [^\n]*[.?]")
ENGLISH_FILES = {"Line %(line)s, %(column)s: %(value)s is refused; %(rule)s."}
"""What the command that loads a dictionary prints."""
PLACES = re.compile(r"%%?\(\w+\)[sd]|%%\w?")
FRENCH = {(entry.msgid, entry.msgid_plural): entry for entry in polib.pofile(str(CATALOGUE))}


Marked = tuple[str, str]
"""A text and its plural; the plural is empty where there is one form."""


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> list[Marked]:
    """Every text that the sources mark, as `make messages` finds them."""
    template = tmp_path_factory.mktemp("messages") / "django.pot"
    subprocess.run(["sh", "bin/messages", "extract", str(template)], cwd=ROOT, check=True)
    return sorted((entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(template)))


def translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


RULE_APPS = ("trials", "assessments", "events", "product", "haemodynamics", "immunology")


def sentences_of_rules() -> set[str]:
    """Sentences of rules: every text that begins with a field and a colon and ends as a sentence, without docstrings."""
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
    """Otherwise a nurse reads English on a French page."""
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


def test_texts_of_python_and_of_templates_are_found(marked: list[Marked]) -> None:
    assert len(marked) > 2000
    assert ("Recommendation: %(text)s", "") in marked  # Python
    assert ("Open letter and the sponsor’s answer", "") in marked  # {% translate %}
    assert ("%(counter)s entry", "%(counter)s entries") in marked  # {% blocktranslate count %}
    assert ("yes,no", "") in marked  # {{ value|yesno:_("yes,no") }}


MARKS = {"_", "_lazy", "_noop", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}


def test_no_text_is_marked_inside_an_f_string() -> None:
    """There Babel does not find it before Python 3.12."""
    hidden = []
    for path in (path for path in ROOT.rglob("*.py") if not {".venv", "tests", "var"} & set(path.parts)):
        for outer in ast.walk(ast.parse(path.read_text())):
            if isinstance(outer, ast.JoinedStr):
                calls = (node for node in ast.walk(outer) if isinstance(node, ast.Call))
                hidden += [
                    f"{path.relative_to(ROOT)}:{call.lineno}"
                    for call in calls
                    if getattr(call.func, "id", "") in MARKS
                    and call.args
                    and isinstance(call.args[0], ast.Constant)
                    and len(str(call.args[0].value)) > 0
                ]

    assert hidden == []
