"""The fonts for typst: those of the repository only, so that system fonts do not change a document."""

from functools import cache
from typing import TYPE_CHECKING

from documents.font_files import FOLDER

if TYPE_CHECKING:
    import typst


@cache
def fonts() -> "typst.Fonts":
    """All fonts of the folder, and no system font."""
    # Imported here: web processes use only the languages of the letters and never set a page.
    import typst  # noqa: PLC0415

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER)])
