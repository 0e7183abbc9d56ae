"""The fonts of everything that typst sets: those that matplotlib brings, so that the machine's own change no byte."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst


@cache
def fonts() -> "typst.Fonts":
    """All of the folder, and none of the machine's own."""
    # Here and not above: web processes name the letter's languages and never set a page.
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder())])


@cache
def folder() -> Path:
    """Found without importing matplotlib, which costs a web process a second and 40 MB."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise RuntimeError("matplotlib is not installed: its fonts are the fonts of every PDF.")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
