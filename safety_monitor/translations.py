"""Compiled translations (.mo) from the texts that translators edit (.po), without GNU gettext on the
machine."""

from collections.abc import Iterable
from pathlib import Path

import polib


def compile_stale(folders: Iterable[Path]) -> list[Path]:
    """Compile each .po below the folders whose .mo is missing or older; returns the .po files compiled.

    Fuzzy entries are left out, as msgfmt does: a guess is worse than English. The .mo is written beside and
    renamed, so that a process that starts at this moment reads the old or the new one.
    """
    stale = [source for folder in folders for source in sorted(folder.rglob("*.po")) if _is_stale(source)]
    for source in stale:
        draft = source.with_suffix(".mo.new")
        polib.pofile(str(source)).save_as_mofile(str(draft))
        draft.replace(source.with_suffix(".mo"))
    return stale


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime
