"""What a figure is a figure of. Two figures of the same identity must have the same value wherever they stand.

The identity is what was counted, when, at which level and in which column; not the table, so that a figure that two tables
show is held to be one. Whatever is shown carries it: cells of a grid, pieces of a sentence, values in a figure's description.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Cell = Mapping[str, Any]
Value = tuple[Any, ...]

PARTS = ("measure", "window", "level", "soc", "term", "arm")
VALUES = ("count", "denominator", "percent", "mean", "median", "withheld")


def identity_of(cell: Cell) -> str:
    """``participants_with_sae|D0-D14||||A``: measure, window, level, class, term, arm; empty where there is none."""
    return "|".join("" if cell.get(part) is None else str(cell[part]) for part in PARTS)


@dataclass(frozen=True)
class Disagreement:
    """One identity with more than one value, and where each stands."""

    identity: str
    values: tuple[tuple[str, Value], ...]

    def __str__(self) -> str:
        shown = "; ".join(f"{place}: {value[0]} of {value[1]}" for place, value in self.values)
        return f"{self.identity}: {shown}"


def values_of(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Value]]:
    """Identity, place (a table's id, or ``arms``) and value of every figure of the document."""
    for table in document["tables"]:
        for cell in table.get("cells", ()):
            yield identity_of(cell), str(table["id"]), tuple(cell.get(name) for name in VALUES)


def disagreements(document: Mapping[str, Any]) -> tuple[Disagreement, ...]:
    """Every figure that stands in two places with two values: none, in a report that may be believed."""
    first: dict[str, tuple[str, Value]] = {}
    found: dict[str, list[tuple[str, Value]]] = {}
    for identity, place, value in values_of(document):
        known = first.setdefault(identity, (place, value))
        if known[1] != value:
            found.setdefault(identity, [known]).append((place, value))
    each = [Disagreement(identity, tuple(values)) for identity, values in found.items()]
    return (*each, *_arms(document, first))


def _arms(document: Mapping[str, Any], first: Mapping[str, tuple[str, Value]]) -> Iterator[Disagreement]:
    """The document's own list of arms against the enrolment table."""
    for arm in document["arms"]:
        for measure in ("enrolled", "treated"):
            identity = identity_of({"measure": measure, "arm": arm["code"]})
            place, value = first.get(identity, ("", (arm[measure],)))
            if value[0] != arm[measure]:
                yield Disagreement(identity, ((place, value), ("arms", (arm[measure], None))))
