"""The operating characteristics of each safety boundary: from the protocol only, the same open and closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from biostatistics.rounding import probability_words
from reports.frames import Frames
from reports.rules.boundaries import (
    Characteristics,
    Design,
    TwoArmDesign,
    UndesignedError,
    design_of,
    true_rates,
)
from reports.rules.boundaries.wording import rule_text
from reports.tables.layout import Cell, Table
from reports.tables.plan import TablePlan
from trials.rules.protocol import Boundary

NOTHING = "–"
QUARTERS = (0.25, 0.5, 0.75, 1.0)


def boundary_characteristics(frames: Frames, plan: TablePlan) -> dict[str, Any]:  # noqa: ARG001 (a table's signature)
    """Per boundary and true rate: probability of ever prompting, expected numbers, and when.

    By exact recursion.
    """
    table = Table("boundary_characteristics", "Safety boundaries: operating characteristics", "treated")
    table.listing(
        boundary="Boundary", rule="Rule", rate="#True rate", probability="#Probability of a prompt",
        expected_affected="#Expected affected", expected_evaluable="#Expected treated", by_then="First prompt by",
    )  # fmt: skip
    for boundary in plan.protocol.boundaries:
        table.rows += _rows(boundary, plan)
    table.notes.append(
        "Computed by exact recursion from the protocol, not from the data: of one arm, or of both arms of a comparison "
        "together, monitored until the first prompt or the last planned participant."
    )
    return table.as_dict()


def _rows(boundary: Boundary, plan: TablePlan) -> Iterator[Cell]:
    try:
        design = design_of(boundary, plan.protocol.looks)
    except UndesignedError as error:
        yield _undesigned(boundary, str(error))
        return
    if design.designed_for is None:
        yield _undesigned(
            boundary, f"{rule_text(design)}; no last participant is named, so no error probability"
        )
        return
    for rate in true_rates(boundary):
        label, found = _at(design, boundary, rate)
        if found is not None:
            yield _row(boundary, design, label, found)


def _undesigned(boundary: Boundary, why: str) -> Cell:
    names = ("rate", "probability", "expected_affected", "expected_evaluable", "by_then")
    return {"boundary": boundary.label, "rule": why, **dict.fromkeys(names, NOTHING)}


def _at(design: Design, boundary: Boundary, rate: float) -> tuple[str, Characteristics | None]:
    """The characteristics with their rates: of two arms, the other has the null rate."""
    null_rate = float(boundary.null_rate)
    if isinstance(design, TwoArmDesign):
        return f"{rate:g} and {null_rate:g}", design.characteristics(rate, null_rate)
    return f"{rate:g}", design.characteristics(rate)


def _row(boundary: Boundary, design: Design, rate: str, found: Characteristics) -> Cell:
    return {
        "boundary": boundary.label,
        "rule": rule_text(design),
        "rate": rate,
        "probability": probability_words(found.probability),
        "expected_affected": f"{found.expected_affected:.1f}",
        "expected_evaluable": f"{found.expected_evaluable:.1f}",
        "by_then": _by_then(design, found),
        "by_look": [
            {"look": look, "probability": probability}
            for look, probability in zip(_looks(design), found.by_look, strict=True)
        ],
    }


def _by_then(design: Design, found: Characteristics) -> str:
    """The probability of a first prompt up to a look: at every look, or at each quarter of many."""
    looks, total, sums = _looks(design), 0.0, []
    for probability in found.by_look:
        total += probability
        sums.append(total)
    chosen = range(len(looks)) if len(looks) <= 2 * len(QUARTERS) else _quarters(len(looks))
    return ", ".join(f"{looks[i]}: {probability_words(sums[i])}" for i in chosen)


def _quarters(length: int) -> list[int]:
    return [round(quarter * length) - 1 for quarter in QUARTERS]


def _looks(design: Design) -> tuple[int, ...]:
    """The looks of the characteristics: a comparison begins with its least number."""
    if isinstance(design, TwoArmDesign):
        return tuple(look for look in design.looks if look >= design.evaluable_at_least)
    return design.looks
