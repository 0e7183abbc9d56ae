"""Compiles translations (.po to .mo) without GNU gettext."""

import re
from collections.abc import Iterable
from pathlib import Path

import polib

BEFORE_COLON_OR_QUOTE = re.compile(r"(?<=\S) (?=[:»])|(?<=«) ")
BEFORE_TALL_MARK = re.compile(r"(?<=\S) (?=[?!;])")


def compile_stale(folders: Iterable[Path]) -> list[Path]:
    """Compile each .po below the folders whose .mo is missing or older; returns the .po files compiled.

    Fuzzy entries are left out, as msgfmt does. The .mo is written to a temporary file and renamed, so that a process
    that starts at the same time reads the old or the new one.
    """
    stale = [source for folder in folders for source in sorted(folder.rglob("*.po")) if _is_stale(source)]
    for source in stale:
        draft = source.with_suffix(".mo.new")
        catalogue = polib.pofile(str(source))
        if source.parent.parent.name == "fr":
            _typeset_french(catalogue)
        catalogue.save_as_mofile(str(draft))
        draft.replace(source.with_suffix(".mo"))
    return stale


def typeset_french(text: str) -> str:
    """Make the spaces before `: ; ? !` and inside guillemets non-breaking; translators type ordinary ones."""
    return BEFORE_TALL_MARK.sub("\u202f", BEFORE_COLON_OR_QUOTE.sub("\u00a0", text))


def _typeset_french(catalogue: polib.POFile) -> None:
    for entry in catalogue:
        entry.msgstr = typeset_french(entry.msgstr)
        entry.msgstr_plural = {form: typeset_french(text) for form, text in entry.msgstr_plural.items()}


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime
