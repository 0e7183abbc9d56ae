"""The printed figures of a report, and the figures that differ in another version of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PARTS = ("window", "measure", "level", "soc", "term", "arm")
VALUES = ("count", "denominator", "percent", "mean", "median", "estimate")

Table = Mapping[str, Any]
PrintedFigure = list[Any]
"""The id of the table, the six `PARTS` and the six `VALUES`."""


@dataclass(frozen=True)
class MovedFigure:
    """A figure with different values in two versions; None where one of them does not print it."""

    table_id: str
    place: tuple[Any, ...]
    before: tuple[Any, ...] | None
    after: tuple[Any, ...] | None


def printed_figures(tables: Iterable[Table]) -> list[PrintedFigure]:
    """Every cell of every table."""
    return [
        [table["id"], *(cell.get(part) for part in PARTS), *(cell.get(value) for value in VALUES)]
        for table in tables
        for cell in table.get("cells", ())
    ]


def moved_figures(before: Sequence[PrintedFigure], after: Sequence[PrintedFigure]) -> Iterator[MovedFigure]:
    """The changed figures, in the order of the newer version; those of the older one only come last."""
    old, new = _by_place(before), _by_place(after)
    for place in dict.fromkeys([*new, *old]):
        then, now = old.get(place), new.get(place)
        if then != now:
            yield MovedFigure(place[0], place[1:], then, now)


def _by_place(figures: Sequence[PrintedFigure]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    size = 1 + len(PARTS)
    return {tuple(figure[:size]): tuple(figure[size:]) for figure in figures}
