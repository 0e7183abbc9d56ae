"""Sentences in which figures are marked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reports.rendering.identity import figure_identity


@dataclass(frozen=True)
class Piece:
    """A part of a sentence; ``key`` is the identity of its figure, empty for plain words."""

    text: str
    key: str = ""


@dataclass(frozen=True)
class Sentence:
    """A sentence in parts; the same for a screen, a page and a screen reader."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def words(text: str) -> Sentence:
    """A sentence without a figure of the tables."""
    return Sentence((Piece(text),))


def figure_text(cell: Mapping[str, Any], text: str) -> Piece:
    """A figure of a table as it is written here."""
    return Piece(text, figure_identity(cell))


def joined(parts: Iterable[Iterable[Piece]], separator: str) -> tuple[Piece, ...]:
    """The parts with the separator between them."""
    pieces: list[Piece] = []
    for part in parts:
        pieces += [Piece(separator)] if pieces else []
        pieces += part
    return tuple(pieces)
