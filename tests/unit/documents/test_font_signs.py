"""Which signs the documents' fonts have, and where the files come from."""

import hashlib

import pytest

from documents.font_files import FOLDER
from documents.font_signs import has_sign


@pytest.mark.parametrize(
    ("sign", "expected"), [("A", True), ("Ω", True), ("±", True), ("頭", False), ("\ue000", False)]
)
def test_font_has_the_signs_it_has(sign: str, expected: bool) -> None:
    assert has_sign(sign) is expected


def test_fonts_are_those_of_dejavu_and_have_their_licence() -> None:
    """A changed file changes every PDF."""
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.iterdir()}

    assert found == {
        "DejaVuSans-Bold.ttf": "b184b89e3c1075f22f6b71575b6fc20d4972b3cfd3b23322ca6fd596dcaef167",
        "DejaVuSans.ttf": "3fdf69cabf06049ea70a00b5919340e2ce1e6d02b0cc3c4b44fb6801bd1e0d22",
        "LICENSE_DEJAVU": "d75938dec098f06f0ac3c00853065d94f020be1c3c62ef1dc2975ba15b4d9b0e",
    }
