"""The characters that the documents' fonts contain."""

from functools import cache

from fontTools.ttLib import TTFont

from documents.font_files import FOLDER

REGULAR, BOLD = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"


@cache
def has_sign(sign: str, font: str = REGULAR) -> bool:
    """Whether the font has a glyph for one sign."""
    return ord(sign) in _glyphs(font)


@cache
def _face(font: str) -> TTFont:
    return TTFont(FOLDER / font, lazy=True)


@cache
def _glyphs(font: str) -> dict[int, str]:
    return dict(_face(font).getBestCmap())
