"""The fonts of everything that typst sets: those of the sources and no other, so that a machine's own change no byte."""

from functools import cache
from typing import TYPE_CHECKING

from documents.font_files import FOLDER

if TYPE_CHECKING:
    import typst


@cache
def fonts() -> "typst.Fonts":
    """All of the folder, and none of the machine's own."""
    # Here and not above: web processes name the letter's languages and never set a page.
    import typst  # noqa: PLC0415

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER)])
