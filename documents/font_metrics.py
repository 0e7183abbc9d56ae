"""What a font says about its signs: whether it has them, how wide they are, how close two of them come."""

from functools import cache

from fontTools.ttLib import TTFont

from documents.font_files import FOLDER

REGULAR, BOLD = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"


@cache
def has_sign(sign: str, font: str = REGULAR) -> bool:
    """Whether the font has a glyph for one sign."""
    return ord(sign) in _glyphs(font)


@cache
def advance_width(sign: str, font: str = REGULAR) -> float:
    """The width of one sign as a share of its size; KeyError when the font does not have it."""
    return float(_face(font)["hmtx"][_glyphs(font)[ord(sign)]][0]) / _units(font)


@cache
def kerning(sign: str, following: str, font: str = REGULAR) -> float:
    """How much closer two signs come than their widths say (below zero), as a share of their size."""
    pair = _glyphs(font)[ord(sign)], _glyphs(font)[ord(following)]
    return float(_kernings(font).get(pair, 0)) / _units(font)


@cache
def _face(font: str) -> TTFont:
    return TTFont(FOLDER / font, lazy=True)


@cache
def _glyphs(font: str) -> dict[int, str]:
    return dict(_face(font).getBestCmap())


@cache
def _kernings(font: str) -> dict[tuple[str, str], int]:
    return dict(_face(font)["kern"].kernTables[0].kernTable)


@cache
def _units(font: str) -> int:
    return int(_face(font)["head"].unitsPerEm)
