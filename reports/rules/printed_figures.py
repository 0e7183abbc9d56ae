"""The figures that a report printed, and which of them another version of it prints otherwise."""

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
    """A figure that two versions print otherwise; None where one of them does not print it."""

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
    """What moved, in the order of the newer version; what only the older one prints comes last."""
    old, new = _by_place(before), _by_place(after)
    for place in dict.fromkeys([*new, *old]):
        then, now = old.get(place), new.get(place)
        if then != now:
            yield MovedFigure(place[0], place[1:], then, now)


def _by_place(figures: Sequence[PrintedFigure]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    size = 1 + len(PARTS)
    return {tuple(figure[:size]): tuple(figure[size:]) for figure in figures}
