"""The identity of a figure. Two figures of the same identity must have the same value in every place.

The identity is the measure, the time, the level and the column; not the table, so that a figure that occurs in two
tables is checked as one. Every displayed figure has it: cells of a grid, facts, parts of a sentence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Cell = Mapping[str, Any]
Value = tuple[Any, ...]

PARTS = ("measure", "window", "level", "soc", "term", "arm")
SAME_COUNT = {"exposed": "treated", "enrolled_of_planned": "enrolled"}
"""Measures that count the same people under another name: measure and the measure of the enrolment table."""

OF_THE_TREATED = frozenset({
    "participants_with_ae",
    "participants_with_sae",
    "participants_died",
    "participants_with_finding",
    "participants_with_ae_after_infusion",
    "participants_with_sae_after_infusion",
})  # fmt: skip
"""Measures with the treated of the column as denominator, in every window, when without a level."""

VALUES = ("count", "denominator", "percent", "mean", "median", "withheld")


def figure_identity(cell: Cell) -> str:
    """``participants_with_sae|D0-D14||||A``: measure, window, level, class, term, arm.

    Empty where there is none.
    """
    return "|".join("" if cell.get(part) is None else str(cell[part]) for part in PARTS)


@dataclass(frozen=True)
class Disagreement:
    """One identity with more than one value, and the places of each."""

    identity: str
    values: tuple[tuple[str, Value], ...]

    def __str__(self) -> str:
        shown = "; ".join(
            f"{place}: {' of '.join(str(v) for v in value[:2])}" for place, value in self.values
        )
        return f"{self.identity}: {shown}"


def values_of(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Value]]:
    """The identity, place (a table's id, or ``arms``) and value of every figure of the document."""
    for table in document["tables"]:
        for cell in table.get("cells", ()):
            yield figure_identity(cell), str(table["id"]), tuple(cell.get(name) for name in VALUES)


def sizes_of(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Value]]:
    """Every count of a whole population in any place: as a count of its own, as a denominator, in the arms."""
    for table in document["tables"]:
        for cell in table.get("cells", ()):
            measure, arm = cell["measure"], cell["arm"]
            place = f"{table['id']}, {measure}"
            if cell.get("withheld") or cell.get("level") is not None:
                continue
            if measure in ("enrolled", "treated") or measure in SAME_COUNT:
                yield f"{SAME_COUNT.get(measure, measure)} in {arm}", place, (cell["count"],)
            elif measure in OF_THE_TREATED:
                yield f"treated in {arm}", f"{place}, denominator", (cell["denominator"],)
    for arm in document["arms"]:
        for measure in ("enrolled", "treated"):
            yield f"{measure} in {arm['code']}", "arms", (arm[measure],)


def figure_disagreements(document: Mapping[str, Any]) -> tuple[Disagreement, ...]:
    """Every figure with two values in two places: none in a correct report."""
    return (*_disagreeing(values_of(document)), *_disagreeing(sizes_of(document)))


def _disagreeing(values: Iterator[tuple[str, str, Value]]) -> Iterator[Disagreement]:
    first: dict[str, tuple[str, Value]] = {}
    found: dict[str, list[tuple[str, Value]]] = {}
    for identity, place, value in values:
        known = first.setdefault(identity, (place, value))
        if known[1] != value:
            found.setdefault(identity, [known]).append((place, value))
    return (Disagreement(identity, tuple(each)) for identity, each in found.items())
