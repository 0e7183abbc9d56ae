"""Antibodies in the closed report: MFI before and after as slopes, and the way from exposed to de novo per arm."""

from collections.abc import Mapping, Sequence
from typing import Any

from documents.inks import INK
from documents.svg import Canvas, Scale, upright
from documents.tooltips import Tooltip
from reports.rendering.figures.drawing import Drawing, mark_of
from reports.rendering.figures.marks import cell_tooltip, mark_name
from reports.rendering.sentences import figure_text
from reports.rendering.wording import TOTAL, arm_text, number_text, short_count_text

WIDTH, HEIGHT, TOP, BOTTOM = 511.0, 250.0, 34.0, 222.0
PANELS = {"I": (52.0, 236.0), "II": (300.0, 484.0)}
LOWEST_MFI, HIGHEST_MFI = 10.0, 30000.0
DECADES = (10, 100, 1000, 10000)
LONGEST_LABEL = 55
STEPS = ("exposed", "baseline_evaluable", "followup_evaluable", "at_risk", "de_novo_of_those_at_risk")
Row = Mapping[str, Any]


def draw_slopes(table: Mapping[str, Any], *, arms: list[str]) -> Drawing | None:
    """One line per target with a value before and after, class I and II apart; None without any."""
    lines = table.get("parameters", {})
    threshold, fold = lines.get("mfi_threshold"), lines.get("fold_min")
    rows = [
        row
        for row in table.get("rows", ())
        if row.get("baseline_mfi") is not None and row.get("last_mfi") is not None
    ]
    if not rows:
        return None
    canvas = Canvas(WIDTH, HEIGHT)
    for hla_class, (left, right) in PANELS.items():
        inside = [row for row in rows if row["hla_class"] == hla_class]
        _panel(
            canvas,
            hla_class,
            inside,
            arms=arms,
            edges=(left, right),
            threshold=threshold if hla_class in lines.get("threshold_classes", ()) else None,
            fold=fold,
        )
    _arms(canvas, arms)
    title = "Donor-specific reactivity before and after the infusions"
    description = _description(rows, threshold, fold)
    svg = canvas.svg(figure_id="figure-slopes", title=title, description=description)
    return Drawing("figure-slopes", title, description, svg, str(table["id"]))


def _description(rows: Sequence[Row], threshold: float | None, fold: float | None) -> str:
    classes = ", ".join(
        f"class {name}: {sum(row['hla_class'] == name for row in rows)} targets" for name in PANELS
    )
    line = (
        f" The dashed line is the protocol's threshold, {threshold:g} MFI, drawn for its classes only."
        if threshold
        else ""
    )
    band = f" The bar shows how long a {fold:g}-fold change is; thin lines change by less." if fold else ""
    return f"MFI on a logarithmic scale, {classes}.{line}{band} MFI is semi-quantitative and no titre."


def _panel(
    canvas: Canvas, hla_class: str, rows: Sequence[Row], *, arms: list[str], edges: tuple[float, float],
    threshold: float | None, fold: float | None,
) -> None:  # fmt: skip
    left, right = edges
    mfi = Scale(LOWEST_MFI, HIGHEST_MFI, BOTTOM, TOP, is_log=True)
    upright(canvas, mfi, DECADES, left, right)
    canvas.text(f"HLA class {hla_class}, MFI", (left, TOP - 8), size=7.5, bold=True)
    for words, x in (("before", left + 20), ("last serum", right - 34)):
        canvas.text(words, (x, BOTTOM + 9), size=7, anchor="middle")
    if threshold:
        y = mfi.at(threshold)
        canvas.line((left, y), (right, y), dash="5 3", width=1)
        canvas.text(f"{threshold:g}", (right + 3, y), size=7)
    if fold:
        canvas.line((right - 6, mfi.at(1000)), (right - 6, mfi.at(1000 * fold)), width=3, colour="#4d4d4d")
        canvas.text(f"{fold:g}-fold", (right - 2, mfi.at(1000 * fold**0.5)), size=6.5)
    if not rows:
        canvas.text("no target", ((left + right) / 2, (TOP + BOTTOM) / 2), size=7.5, anchor="middle")
    for row in rows:
        _slope(canvas, row, arms, mfi, (left + 20, right - 34), fold)


def _slope(
    canvas: Canvas, row: Row, arms: list[str], mfi: Scale, ends: tuple[float, float], fold: float | None
) -> None:
    mark = mark_of(arms, str(row["arm"])) if row.get("arm") in arms else mark_of([], TOTAL)
    before, last = (max(float(row[name]), LOWEST_MFI) for name in ("baseline_mfi", "last_mfi"))
    changed = fold is None or max(before, last) >= fold * min(before, last)
    points = ((ends[0], mfi.at(before)), (ends[1], mfi.at(last)))
    with canvas.group(_slope_tooltip(row)):
        canvas.path(points, colour=mark.colour, width=1.6 if changed else 0.6, dash=mark.line)
        for point in points:
            canvas.mark(mark.marker, point, size=2.6, fill=mark.colour, edge=mark.colour)


def _slope_tooltip(row: Row) -> Tooltip:
    """The tooltip of a slope: its line of the table."""
    name = mark_name(row["participant"], row["specificity"], arm=str(row.get("arm") or ""))
    change = f"{number_text(row['baseline_mfi'])} to {number_text(row['last_mfi'])} MFI"
    columns = {"site": "site", "class": "hla_class", "arm": "arm"}
    groups = {group: str(row[column]) for group, column in columns.items() if row.get(column)}
    return Tooltip(f"{name}: {change}, {number_text(row['classification'])}", groups=groups)


def _arms(canvas: Canvas, arms: list[str]) -> None:
    for place, arm in enumerate(arms):
        mark, x = mark_of(arms, arm), 52.0 + 70 * place
        canvas.line((x, 8), (x + 18, 8), colour=mark.colour, dash=mark.line, width=1.2)
        canvas.mark(mark.marker, (x + 9, 8), size=2.8, fill=mark.colour, edge=mark.colour)
        canvas.text(arm_text(arm), (x + 22, 8), size=7)


def draw_antibodies(table: Mapping[str, Any], *, arms: list[str]) -> Drawing | None:
    """From exposed to de novo: one bar per step and arm, each with its number; None in an open report."""
    cells = {(str(c["measure"]), str(c["arm"])): c for c in table.get("cells", ()) if c.get("level") is None}
    if not arms or not all(("exposed", arm) in cells for arm in arms):
        return None
    most = max(cells["exposed", arm]["count"] for arm in arms) or 1
    row, left, right = 11.0, 236.0, 470.0
    height = len(STEPS) * (row * len(arms) + 6)
    canvas, y, words, values = Canvas(WIDTH, height + 10), 4.0, [], []
    for step in STEPS:
        label = str(table["measures"][step])
        canvas.text(
            label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…",
            (left - 8, y + row * len(arms) / 2),
            size=7,
            anchor="end",
        )
        for arm in arms:
            count = int(cells[step, arm]["count"])
            with canvas.group(
                cell_tooltip(mark_name(label, arm=arm), cells[step, arm], short_count_text(cells[step, arm]))
            ):
                _bar(
                    canvas,
                    arm,
                    arms,
                    count=count,
                    corner=(left, y),
                    width=(right - left) * count / most,
                    row=row,
                )
            words.append(f"{label}, {arm_text(arm)}: {count}")
            values.append(figure_text(cells[step, arm], str(count)))
            y += row
        y += 6
    canvas.line((left, 0), (left, height), width=0.6)
    title, description = "From exposed to de novo antibodies", f"{'; '.join(words)}."
    svg = canvas.svg(figure_id="figure-antibodies", title=title, description=description)
    return Drawing("figure-antibodies", title, description, svg, str(table["id"]), tuple(values))


def _bar(
    canvas: Canvas,
    arm: str,
    arms: list[str],
    *,
    count: int,
    corner: tuple[float, float],
    width: float,
    row: float,
) -> None:
    mark = mark_of(arms, arm)
    light = arms.index(arm) > 0
    canvas.rectangle(
        (corner[0], corner[1] + 1), (width, row - 2), fill="white" if light else mark.colour, edge=mark.colour
    )
    if light:  # hatched without a pattern: readable without colour
        steps = range(4, int(width), 6)
        for step in steps:
            canvas.line(
                (corner[0] + step - 4, corner[1] + row - 1),
                (corner[0] + step, corner[1] + 1),
                colour=mark.colour,
                width=0.5,
            )
    canvas.text(f"{arm_text(arm)}  {count}", (corner[0] + width + 4, corner[1] + row / 2), size=7, colour=INK)
