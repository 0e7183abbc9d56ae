"""Tables as readers see them: rows and columns of formatted text, the same for HTML and PDF."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from biostatistics.rounding import p_value_words, percent, shown_percent
from reports.rendering.identity import figure_identity
from reports.rendering.labels import level_label, measure_label, window_label
from reports.rendering.wording import (
    FLAGGED,
    NBSP,
    TOTAL,
    arm_text,
    cell_text,
    decimal_text,
    difference_text,
    number_text,
    p_value_text,
    percent_text,
    short_count_text,
)

Key = tuple[Any, ...]
Sizes = Mapping[str, int]
WIDE_FROM_COLUMNS = 6
OWN_UNIT_NOTE = (
    "Differences with a unit: first arm minus second, with their 95 % interval. A: analysis of covariance; W: Wilcoxon's "
    "rank-sum test with the Hodges–Lehmann shift; two-sided."
)
RATIO_COLUMNS = ("estimate", "ci_low", "ci_high")
"""Columns of listings of ratios and differences: two decimals everywhere, also for a whole number."""
MOST_LINES = 300
"""Lines of one table on screen and on paper (own choice): ten pages. The JSON document has the rest."""
COMPARISON_NOTE = (
    "Difference: first arm minus second, in percentage points, with Newcombe's 95 % interval; "
    "not adjusted for multiplicity. "
    "p: χ² chi-square without correction, F Fisher's exact test, two-sided."
)


@dataclass(frozen=True)
class GridColumn:
    """A column's head and whether it has figures (right-aligned) or words."""

    label: str
    is_numeric: bool = True


@dataclass(frozen=True)
class GridRow:
    """One line: its label, its depth, and one text per figure column.

    The depth is 0 for the heading of a window, 1 for a measure, 2 for a level. Each text has the identity of the figure
    it shows (empty for others).
    """

    label: str
    cells: tuple[str, ...]
    depth: int = 1
    keys: tuple[str, ...] = ()

    @property
    def is_heading(self) -> bool:
        return not self.cells


@dataclass(frozen=True)
class Grid:
    """A laid-out table.

    The first column is the row's label; ``columns`` are the others, in the order of the rows' cells.
    """

    id: str
    title: str
    population: str
    stub: str
    columns: tuple[GridColumn, ...]
    rows: tuple[GridRow, ...]
    notes: tuple[str, ...] = ()
    rules: str = ""
    """The numbers of the report's rules for it, besides its own notes."""

    @property
    def is_wide(self) -> bool:
        return len(self.columns) >= WIDE_FROM_COLUMNS

    @property
    def length(self) -> str:
        """The number of lines, as text for the template."""
        return f"{len(self.rows)} lines"

    @property
    def other_population(self) -> str:
        """The population of the table, where it is not the treated; empty where it is."""
        return "" if self.population == "treated" else self.population

    @property
    def span(self) -> str:
        """The number of columns that a heading row spans, as text for the template."""
        return str(1 + len(self.columns))

    @property
    def lines(self) -> tuple[tuple[GridRow, tuple[tuple[str, bool, str], ...]], ...]:
        """Each row with its texts, each text with whether its column has figures, and its identity."""
        flags = [column.is_numeric for column in self.columns]
        return tuple(
            (row, tuple(zip(row.cells, flags, _padded(row.keys, len(flags)), strict=False)))
            for row in self.rows
        )


def _padded(keys: tuple[str, ...], length: int) -> tuple[str, ...]:
    return (*keys, *[""] * (length - len(keys)))


def lay_out(table: Mapping[str, Any], sizes: Sizes | None = None) -> tuple[Grid, ...]:
    """The grids of one table: its counts, then its listing; an empty table gives one grid with a note."""
    grids = []
    if table.get("cells"):
        laid = _terms_grid if _has_terms(table) else _counts_grid
        grids.append(laid(table, sizes or {}))
    if table.get("columns"):
        grids.append(_listing_grid(table, is_second=bool(grids)))
    return tuple(grids) or (_grid(table, "", (), ()),)


def grid_arms(table: Mapping[str, Any]) -> list[str]:
    """The table's arms in order of appearance, the total last."""
    arms = list(dict.fromkeys(str(cell["arm"]) for cell in table.get("cells", ())))
    return [arm for arm in arms if arm != TOTAL] + [arm for arm in arms if arm == TOTAL]


def comparison_pairs(table: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The pairs (arm, reference) that the table compares, in order of appearance."""
    return list(dict.fromkeys((str(c["arm"]), str(c["reference"])) for c in table.get("comparisons", ())))


def cell_place(entry: Mapping[str, Any]) -> Key:
    """The place of a cell or a comparison: window, measure, level, SOC, term."""
    return tuple(entry.get(key) for key in ("window", "measure", "level", "soc", "term"))


def _has_terms(table: Mapping[str, Any]) -> bool:
    return any("term" in cell for cell in table["cells"])


def _grid(
    table: Mapping[str, Any], stub: str, columns: Sequence[GridColumn], rows: Iterable[GridRow]
) -> Grid:
    notes = tuple(str(note) for note in table.get("notes", ()))
    if table.get("comparisons"):
        notes = (*notes, COMPARISON_NOTE)
    if any("difference" in comparison for comparison in table.get("comparisons", ())):
        notes = (*notes, OWN_UNIT_NOTE)
    every = tuple(rows)
    if len(every) > MOST_LINES:
        left = f"{len(every) - MOST_LINES:,}".replace(",", "\u202f")
        notes = (f"{left} more lines of this table are in the JSON document and not shown here.", *notes)
    return Grid(
        str(table["id"]),
        str(table["title"]),
        str(table.get("population") or ""),
        stub,
        tuple(columns),
        every[:MOST_LINES],
        notes,
    )


def _head(arm: str, sizes: Sizes, what: str = "") -> str:
    """``Arm A: participants, N = 21``."""
    parts = [arm_text(arm) + (f": {what}" if what else "")]
    return ", ".join([*parts, f"N\u00a0=\u00a0{sizes[arm]}"] if arm in sizes else parts)


def _counts_grid(table: Mapping[str, Any], sizes: Sizes) -> Grid:
    arms, pairs = grid_arms(table), comparison_pairs(table)
    cells = {(cell_place(cell), str(cell["arm"])): cell for cell in table["cells"]}
    contrasts = _contrasts(table)
    rows: list[GridRow] = []
    previous: Key = (None, None)
    for place in dict.fromkeys(place for place, _ in cells):
        rows += _headings(table, place, previous)
        texts = [short_count_text(cells.get((place, arm))) for arm in arms] + _contrast_texts(
            contrasts, place, pairs
        )
        keys = tuple(_key(cells.get((place, arm))) for arm in arms)
        rows.append(replace(_count_row(table, place, texts), keys=keys))
        previous = place
    return _grid(
        table, "", [*[GridColumn(_head(arm, sizes)) for arm in arms], *_contrast_columns(pairs)], rows
    )


def _key(cell: Mapping[str, Any] | None) -> str:
    return "" if cell is None else figure_identity(cell)


def _headings(table: Mapping[str, Any], place: Key, previous: Key) -> list[GridRow]:
    """The heading rows of a place after the previous one: its window, and its measure when levels follow."""
    window, measure, level = place[:3]
    rows = []
    if window is not None and window != previous[0]:
        rows.append(GridRow(window_label(table, str(window)), (), 0))
    if level is not None and (window, measure) != tuple(previous[:2]):
        rows.append(GridRow(measure_label(table, str(measure)), (), 1))
    return rows


def _count_row(table: Mapping[str, Any], place: Key, texts: Sequence[str]) -> GridRow:
    _, measure, level = place[:3]
    if level is None:
        return GridRow(measure_label(table, str(measure)), tuple(texts), 1)
    return GridRow(level_label(table, str(measure), level), tuple(texts), 2)


def _contrasts(table: Mapping[str, Any]) -> dict[Key, Mapping[str, Any]]:
    return {(cell_place(c), str(c["arm"]), str(c["reference"])): c for c in table.get("comparisons", ())}


def _contrast_columns(pairs: Sequence[tuple[str, str]]) -> list[GridColumn]:
    columns = []
    for arm, reference in pairs:
        columns += [
            GridColumn(f"{arm} − {reference}, points (95 % CI)"),
            GridColumn(f"p, {arm} and {reference}"),
        ]
    return columns


def _contrast_texts(
    contrasts: Mapping[Key, Mapping[str, Any]], place: Key, pairs: Sequence[tuple[str, str]]
) -> list[str]:
    texts = []
    for arm, reference in pairs:
        contrast = contrasts.get((place, arm, reference))
        texts += [difference_text(contrast), p_value_text(contrast)]
    return texts


def _terms_grid(table: Mapping[str, Any], sizes: Sizes) -> Grid:
    """Classes and terms: per arm the participants (with denominator) and, in a separate column, the events."""
    arms, pairs = grid_arms(table), comparison_pairs(table)
    cells = {(cell_place(cell), str(cell["arm"])): cell for cell in table["cells"]}
    contrasts = _contrasts(table)
    rows: list[GridRow] = []
    last_window: object = None
    for window, soc, term in _terms_shown(cells, arms):
        if window is not None and window != last_window:
            rows.append(GridRow(window_label(table, str(window)), (), 0))
        participants, events = ((window, measure, None, soc, term) for measure in ("participants", "events"))
        texts = [short_count_text(cells.get((participants, arm))) for arm in arms]
        texts += [_plain_count(cells.get((events, arm))) for arm in arms]
        texts += _contrast_texts(contrasts, participants, pairs)
        keys = tuple(_key(cells.get((place, arm))) for place in (participants, events) for arm in arms)
        rows.append(GridRow(_term_label(soc, term), tuple(texts), 2 if term is not None else 1, keys))
        last_window = window
    columns = [GridColumn(_head(arm, sizes, "participants")) for arm in arms] + [
        GridColumn(f"{arm_text(arm)}: events") for arm in arms
    ]
    grid = _grid(table, "Class and term", [*columns, *_contrast_columns(pairs)], rows)
    left_out = len({(p[0], p[3], p[4]) for p, _ in cells}) - sum(not row.is_heading for row in rows)
    if not left_out:
        return grid
    note = f"{left_out} rarer terms are in the JSON document and not shown here; every class is."
    return replace(grid, notes=(note, *grid.notes))


def _terms_shown(cells: Mapping[tuple[Key, str], Mapping[str, Any]], arms: Sequence[str]) -> list[Key]:
    """Window, class and term of the rows to show: all, or every class with the terms of the most participants."""
    places = list(dict.fromkeys((p[0], p[3], p[4]) for p, _ in cells))
    terms = [place for place in places if place[2] is not None]
    room = MOST_LINES - (len(places) - len(terms))
    if len(terms) <= room:
        return places
    last = arms[-1]

    def rarity(place: Key) -> int:
        cell = cells.get(((place[0], "participants", None, place[1], place[2]), last))
        return -((cell or {}).get("count") or 0)

    kept = set(sorted(terms, key=rarity)[: max(room, 0)])
    return [place for place in places if place[2] is None or place in kept]


def _plain_count(cell: Mapping[str, Any] | None) -> str:
    """A number of events without a share: events are not independent, and their denominator is no number of people."""
    if cell is not None and cell.get("withheld"):
        return cell_text(cell)
    return number_text(None if cell is None else cell.get("count"))


def _term_label(soc: str | None, term: str | None) -> str:
    if soc is None:
        return "Any class"
    return f"{soc}" if term is None else term


def _listing_grid(table: Mapping[str, Any], *, is_second: bool) -> Grid:
    """A listing, one line per row of the table's ``rows``, its first column as the label."""
    first, *others = table["columns"]
    rows = [
        GridRow(_listed(row, first), tuple(_listed(row, c) for c in others), 1)
        for row in table.get("rows", ())
    ]
    columns = [GridColumn(str(column["label"]), bool(column.get("is_numeric", False))) for column in others]
    grid = _grid(
        {**table, "comparisons": (), "notes": () if is_second else table.get("notes", ())},
        str(first["label"]),
        columns,
        rows,
    )
    return grid if not is_second else Grid(f"{grid.id}-lines", f"{grid.title}: lines", *_tail(grid))


def _tail(grid: Grid) -> tuple[Any, ...]:
    return grid.population, grid.stub, grid.columns, grid.rows, grid.notes


def _listed(row: Mapping[str, Any], column: Mapping[str, Any]) -> str:
    """A value of a listing; a missing one is "not recorded", unless the column defines another meaning."""
    value = row.get(column["id"])
    of_a_column = _listed_by_column(row, column["id"], value)
    if of_a_column is not None:
        return of_a_column
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(number_text(part) for part in value) or _absent(column)
    return _absent(column) if value is None or value == "" else number_text(value)


def _listed_by_column(row: Mapping[str, Any], column_id: str, value: Any) -> str | None:
    """A value of a column with a format of its own; None for any other, and where it is absent."""
    if column_id in ("own", "other") and isinstance(value, (list, tuple)):
        count, denominator = value
        return f"{count}/{denominator} ({percent_text(shown_percent(percent(count, denominator), count, denominator) or 0)})"
    if column_id == "risk_difference" and value is not None:
        return difference_text(row)
    if column_id == "p_adjusted" and value is not None:
        return p_value_words(value).replace(" ", NBSP) + (FLAGGED if row.get("fdr_flag") else "")
    if column_id == "p_value" and value is not None:
        return p_value_text({**row, "fdr_flag": False})
    if column_id in RATIO_COLUMNS and isinstance(value, (int, float)):
        return decimal_text(value, 2)
    return None


def _absent(column: Mapping[str, Any]) -> str:
    return str(column.get("absent", number_text(None)))
