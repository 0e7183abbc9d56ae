"""The place of each table and figure: the section of its question, the appendix, or the list of empty tables."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reports.rendering.figures.drawing import Drawing
from reports.rendering.grids import Grid, lay_out
from reports.rendering.order import FURTHER, MOST_MAIN_LINES, ReportSection, in_sections, is_main_figure
from reports.rendering.sentences import Sentence

DIFFERENCES = "arm_differences"
GENERAL_RULES = (
    "Shares are of the treated of the column's arm, unless a row or the table's heading names others.",
    (
        "An empty or a full count has the limit of its share: 0/57 (≤ 5.1 %) is none of 57, and with 95 % confidence "
        "(one-sided, exact) the share is at most 5.1 %; ≥ is the same from below."
    ),
    (
        "Percents have one decimal, ratios two, p-values three; a value that would round to 0 or to 100 % without being it "
        "stands as < 0.1, > 99.9 or < 0.001."
    ),
)
"""Rules of every table, printed once."""
MOST_DIFFERENCES = 30
"""Lines of page two; the appendix has all of them."""


@dataclass(frozen=True)
class ShownPart:
    """A section of the report: its sentences, its figures, and its laid-out tables."""

    id: str
    title: str
    grids: tuple[Grid, ...]
    figures: tuple[Drawing, ...] = ()
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class EmptyTable:
    """A table without lines; its anchor stays for links."""

    id: str
    title: str


@dataclass(frozen=True)
class Arrangement:
    """The corrections of a new version, the main part, the appendix, what is empty, and the rules of all tables."""

    corrections: tuple[ShownPart, ...]
    sections: tuple[ShownPart, ...]
    appendix: tuple[ShownPart, ...]
    empty: tuple[EmptyTable, ...]
    rules: tuple[str, ...]


def arranged(
    tables: Sequence[Mapping[str, Any]],
    figures: Sequence[Drawing],
    sentences: Mapping[str, tuple[Sentence, ...]],
    sizes: Mapping[str, Mapping[str, int]],
) -> Arrangement:
    """Every table and figure in exactly one place.

    `sentences` are the answers by question, `sizes` what `lay_out` takes.
    """
    found = [(section, _grids(own, sizes)) for section, own in in_sections(tables)]
    rules = _rules(grid for _, grids in found for grid in grids)
    left = list(figures)
    main, behind = [], []
    for section, laid in found:
        grids = [_with_rules(grid, rules) for grid in laid if grid.rows]
        drawn = _figures_of(section, left)
        left = [figure for figure in left if figure not in drawn]
        parts = _split(section, grids, drawn)
        main.append(
            replace(parts[0], sentences=sentences.get(section.question, ()) if section.question else ())
        )
        behind.append(parts[1])
    behind.append(ShownPart("appendix-figures", "Further figures", (), tuple(left)))
    kept = [part for part in main if part.grids or part.figures]
    return Arrangement(
        tuple(part for part in kept if part.id == "corrections"),
        tuple(part for part in kept if part.id != "corrections"),
        tuple(part for part in behind if part.grids or part.figures),
        tuple(EmptyTable(grid.id, grid.title) for _, grids in found for grid in grids if not grid.rows),
        rules,
    )


def _grids(tables: Sequence[Mapping[str, Any]], sizes: Mapping[str, Mapping[str, int]]) -> list[Grid]:
    return [grid for table in tables for grid in lay_out(table, sizes.get(str(table["population"])))]


def _figures_of(section: ReportSection, figures: Sequence[Drawing]) -> list[Drawing]:
    tables = set(section.every_table)
    return [
        f
        for f in figures
        if is_main_figure(section, f.id) or (section is not FURTHER and f.table_id in tables)
    ]


def _split(section: ReportSection, grids: list[Grid], figures: list[Drawing]) -> tuple[ShownPart, ShownPart]:
    """The main part and the appendix part of a section."""
    main, behind = [], []
    for grid in grids:
        if grid.id == DIFFERENCES and len(grid.rows) > MOST_DIFFERENCES:
            main.append(_largest(grid))
            behind.append(replace(grid, id=f"{grid.id}-all", title=f"{grid.title}: all lines"))
        elif _table_of(grid) in section.tables and len(grid.rows) <= MOST_MAIN_LINES:
            main.append(grid)
        else:
            behind.append(grid)
    shown = [figure for figure in figures if is_main_figure(section, figure.id)]
    others = [figure for figure in figures if figure not in shown]
    return (
        ShownPart(section.id, section.title, tuple(main), tuple(shown)),
        ShownPart(f"appendix-{section.id}", f"Appendix: {section.title}", tuple(behind), tuple(others)),
    )


def _table_of(grid: Grid) -> str:
    return grid.id.removesuffix("-lines")


def _largest(grid: Grid) -> Grid:
    note = f"The {MOST_DIFFERENCES} largest of {len(grid.rows)} lines; all of them are in the appendix."
    return replace(grid, rows=grid.rows[:MOST_DIFFERENCES], notes=(note, *grid.notes))


def _rules(grids: Iterable[Grid]) -> tuple[str, ...]:
    """Notes that more than one table has, in the order in which they occur."""
    counts = Counter(note for grid in grids for note in dict.fromkeys(grid.notes))
    return tuple(note for note, count in counts.items() if count > 1)


def _with_rules(grid: Grid, rules: Sequence[str]) -> Grid:
    """The grid with its own notes, and the numbers of its rules."""
    own = tuple(note for note in grid.notes if note not in rules)
    numbers = [
        str(place) for place, rule in enumerate(rules, start=len(GENERAL_RULES) + 1) if rule in grid.notes
    ]
    return replace(grid, notes=own, rules=", ".join(numbers))
