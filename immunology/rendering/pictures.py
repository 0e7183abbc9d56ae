"""What a picture is: a drawing and the table that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass

LOWEST_SHOWN_MFI, HIGHEST_SHOWN_MFI = 10.0, 40_000.0
MFI_TICKS = (10, 100, 1_000, 10_000)
CALL_MARKS = {"POS": "^", "EQ": "D", "NEG": "o", "INV": "x"}
"""The shape of a mark by its call: triangle positive, diamond grey, circle negative, cross invalid."""


@dataclass(frozen=True)
class SealedPicture:
    """`svg` is "" when there is nothing to draw; the table is complete in any case."""

    title: str
    svg: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""


def mfi_text(value: float | None, limit: str = "") -> str:
    """An MFI as it is printed; a missing one is a dash."""
    return "–" if value is None else f"{limit}{value:,.10g}".replace(",", "\u202f")
