"""Translations are compiled without GNU gettext, when their source is newer, without guesses."""

import gettext
import os
from pathlib import Path

from safety_monitor.translations import compile_stale

SOURCE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "infusion"
msgstr "perfusion"

#, fuzzy
msgid "look"
msgstr "regard"
"""


def write_source(folder: Path) -> Path:
    source = folder / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE)
    return source


def test_stale_source_is_compiled_once_and_without_its_fuzzy_entries(tmp_path: Path) -> None:
    source = write_source(tmp_path)

    first, second = compile_stale([tmp_path]), compile_stale([tmp_path])
    with source.with_suffix(".mo").open("rb") as compiled:
        translations = gettext.GNUTranslations(compiled)

    assert (first, second) == ([source], [])
    assert translations.gettext("infusion") == "perfusion"
    assert translations.gettext("look") == "look"


def test_edited_source_is_compiled_again(tmp_path: Path) -> None:
    source = write_source(tmp_path)
    compile_stale([tmp_path])
    later = source.with_suffix(".mo").stat().st_mtime + 1
    os.utime(source, (later, later))

    assert compile_stale([tmp_path]) == [source]


def test_a_french_mark_never_stands_alone_on_a_line(tmp_path: Path) -> None:
    source = write_source(tmp_path)
    source.write_text(SOURCE + '\nmsgid "Why?"\nmsgstr "Pourquoi ? « %(why)s » : ; à 20:15"\n')

    compile_stale([tmp_path])
    with source.with_suffix(".mo").open("rb") as compiled:
        text = gettext.GNUTranslations(compiled).gettext("Why?")

    assert text == "Pourquoi\u202f? «\u00a0%(why)s\u00a0»\u00a0:\u202f; à 20:15"
