"""Widths and kernings of the documents' fonts, and where the files come from."""

import hashlib

import pytest

from documents.font_files import FOLDER
from documents.font_metrics import BOLD, REGULAR, advance_width, has_sign, kerning

UNITS = 2048


@pytest.mark.parametrize(
    ("sign", "font", "units"),
    [("A", REGULAR, 1401), ("A", BOLD, 1585), ("i", REGULAR, 569), (" ", REGULAR, 651)],
)
def test_advance_is_that_of_the_font_as_a_share_of_the_size(sign: str, font: str, units: int) -> None:
    assert advance_width(sign, font) == units / UNITS


@pytest.mark.parametrize(
    ("pair", "font", "units"),
    [("AV", REGULAR, -131), ("To", REGULAR, -348), ("AV", BOLD, -139), ("nn", REGULAR, 0)],
)
def test_kerning_is_that_of_the_font(pair: str, font: str, units: int) -> None:
    assert kerning(pair[0], pair[1], font) == units / UNITS


@pytest.mark.parametrize(
    ("sign", "expected"), [("A", True), ("Ω", True), ("±", True), ("頭", False), ("\ue000", False)]
)
def test_font_has_the_signs_it_has(sign: str, expected: bool) -> None:
    assert has_sign(sign) is expected


def test_width_of_a_sign_that_the_font_does_not_have_is_refused() -> None:
    with pytest.raises(KeyError):
        advance_width("頭")


def test_fonts_are_those_of_dejavu_and_have_their_licence() -> None:
    """A changed file changes every PDF."""
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.iterdir()}

    assert found == {
        "DejaVuSans-Bold.ttf": "b184b89e3c1075f22f6b71575b6fc20d4972b3cfd3b23322ca6fd596dcaef167",
        "DejaVuSans.ttf": "3fdf69cabf06049ea70a00b5919340e2ce1e6d02b0cc3c4b44fb6801bd1e0d22",
        "LICENSE_DEJAVU": "d75938dec098f06f0ac3c00853065d94f020be1c3c62ef1dc2975ba15b4d9b0e",
    }
