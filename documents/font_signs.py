"""The characters that the documents' fonts contain."""

from functools import cache

from documents.font_files import FOLDER

REGULAR, BOLD = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"


@cache
def has_sign(sign: str, font: str = REGULAR) -> bool:
    """Whether the font has a glyph for one sign."""
    return ord(sign) in _glyphs(font)


@cache
def _glyphs(font: str) -> dict[int, str]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415  a web process reads a font only when it sets a page

    with TTFont(FOLDER / font, lazy=True) as face:
        return dict(face.getBestCmap())
