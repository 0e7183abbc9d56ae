"""Differences between the arms: the pre-specified family of comparisons of harm, the largest difference first.

The family: deaths, serious events and events of grade 3 or higher per window, withdrawals, classes and terms,
haemodynamic criteria. All except the last two are taken from the comparisons of the other tables, so that both show one
figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from biostatistics.discoveries import FALSE_DISCOVERY_RATE, benjamini_hochberg
from reports.frames import Frames
from reports.tables.haemodynamics import HIT, NOT_MET
from reports.tables.layout import Cell, Table, cells_of, comparisons_of, json_number, measure_key
from reports.tables.plan import TablePlan
from reports.tables.population import Population, known, population_of

TableDict = Mapping[str, Any]

FAMILY: tuple[tuple[str, str, str], ...] = (
    ("deaths", "participants_died", "Died"),
    ("ae_overview", "participants_with_sae", "Serious event"),
    ("ae_consequences", "participants_with_grade_3_ae", "Event of grade 3 or higher"),
    ("ae_by_soc_term", "participants", ""),
)
"""Table, measure and words of the comparisons that are taken over."""

NOTES = (
    (
        "Participants with the event, of the treated; of a haemodynamic criterion, of the treated with an infusion "
        "evaluable for it. Sorted by the size of the difference, in either direction."
    ),
    (
        f"Adjusted p: Benjamini and Hochberg over all lines of the pair of arms; † marks those of at most "
        f"{FALSE_DISCOVERY_RATE:.2f}. A mark asks for a second look; no mark is no proof of safety. Intervals are "
        "not adjusted."
    ),
    "Withdrawals stand in one line: their reasons are recorded in words and not by category.",
)


def arm_differences(tables: Iterable[TableDict], frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """One line per pair of arms and member of the family, the largest absolute difference first."""
    population = population_of(frames, plan)
    table = Table("arm_differences", "What differs between the arms, largest first", "treated")
    lines = [*_taken_over(tables), *_own(frames, plan, population)]
    rows = [row for pair in _by_pair(lines).values() for row in _adjusted(pair)]
    table.rows = sorted(rows, key=lambda row: -abs(row["risk_difference"]))
    if not table.rows:
        table.notes.append("No two arms can be compared.")
        return table.as_dict()
    table.listing(
        what="What", window="Days", arms="Arms", own="#First arm", other="#Second arm",
        risk_difference="#Difference, points (95 % CI)", p_value="#p", p_adjusted="#p, adjusted",
    )  # fmt: skip
    table.absent("any", "window")
    table.notes += NOTES
    return table.as_dict()


def _taken_over(tables: Iterable[TableDict]) -> Iterator[Cell]:
    by_id = {str(table["id"]): table for table in tables}
    for table_id, measure, words in FAMILY:
        table = by_id.get(table_id, {})
        found = [c for c in table.get("comparisons", ()) if c["measure"] == measure]
        cells = {_place(cell, cell["arm"]): cell for cell in table.get("cells", ())}
        for comparison in found:
            if "soc" in comparison and comparison["soc"] is None:
                continue
            window = table.get("windows", {}).get(comparison.get("window"))
            yield from _line(words or _class_or_term(comparison), window, comparison, cells)


def _class_or_term(comparison: Cell) -> str:
    soc, term = comparison["soc"], comparison["term"]
    return f"Class: {soc}" if term is None else str(term)


def _place(entry: Cell, arm: str) -> tuple[Any, ...]:
    return (*(entry.get(part) for part in ("window", "measure", "level", "soc", "term")), arm)


def _line(what: str, window: str | None, comparison: Cell, cells: Mapping[Any, Cell]) -> Iterator[Cell]:
    """Nothing when no participant of either arm has the event, or an arm is empty."""
    own, other = (cells[_place(comparison, comparison[side])] for side in ("arm", "reference"))
    if comparison["risk_difference"] is None or not (own["count"] or other["count"]):
        return
    yield {
        "what": what,
        "window": window,
        "arms": f"{comparison['arm']} − {comparison['reference']}",
        "own": [own["count"], own["denominator"]],
        "other": [other["count"], other["denominator"]],
        **{name: comparison[name] for name in ("measure", "level", "arm", "reference")},
        **{name: comparison.get(name) for name in ("soc", "term")},
        **{
            name: comparison[name]
            for name in ("risk_difference", "ci_low", "ci_high", "ci_method", "p_value", "test")
        },
    }


def _own(frames: Frames, plan: TablePlan, population: Population) -> Iterator[Cell]:
    """Withdrawals, and criteria by participants: no other table compares them."""
    treated = population.count(population.treated)
    withdrawn = known(frames.participants["withdrawn_at"]) & population.treated
    yield from _compared(
        "participants_withdrawn", None, "Withdrawn from the trial", withdrawn, treated, population
    )
    evaluations = frames.haemodynamic_evaluations
    checks = plan.protocol.haemodynamics
    labels = {} if checks is None else {criterion.id: criterion.label for criterion in checks.criteria}
    for criterion in sorted(set(evaluations["criterion"].dropna().astype(str))):
        of_it = evaluations[evaluations["criterion"].astype(str) == criterion]
        hit, evaluable = (
            population.seen(population.positions(of_it[of_it["result"].isin(results)])) & population.treated
            for results in ([HIT], [HIT, NOT_MET])
        )
        yield from _compared(
            "participants_with_criterion_hit", criterion, f"Criterion: {labels.get(criterion, criterion)}", hit,
            population.count(evaluable), population,
        )  # fmt: skip


def _compared(
    measure: str, level: str | None, what: str, who: Any, below: Any, population: Population
) -> Iterator[Cell]:
    key = measure_key(measure, level=level)
    counts, denominators = population.count(who)[None, :], np.asarray(below)[None, :]
    cells = {_place(c, c["arm"]): c for c in cells_of([key], counts, denominators, population)}
    for comparison in comparisons_of([key], counts, denominators, population):
        yield from _line(what, None, comparison, cells)


def _by_pair(lines: Sequence[Cell]) -> dict[str, list[Cell]]:
    pairs: dict[str, list[Cell]] = {}
    for line in lines:
        pairs.setdefault(line["arms"], []).append(line)
    return pairs


def _adjusted(lines: Sequence[Cell]) -> list[Cell]:
    p_values = np.array([np.nan if line["p_value"] is None else line["p_value"] for line in lines])
    adjusted = benjamini_hochberg(p_values)
    return [
        {**line, "p_adjusted": json_number(value), "fdr_flag": bool(value <= FALSE_DISCOVERY_RATE)}
        for line, value in zip(lines, adjusted, strict=True)
    ]
