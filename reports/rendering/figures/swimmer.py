"""The swimmer figure: participants as lanes, with infusions, serious events and the end."""

from collections.abc import Mapping, Sequence
from typing import Any

from documents.inks import INK, RULE
from documents.svg import Canvas, Scale, across, day_ticks
from documents.tooltips import Tooltip
from reports.rendering.figures.drawing import OKABE_ITO, Drawing

WIDTH, LANE, TOP, LEFT, RIGHT = 511.0, 10.5, 22.0, 74.0, 452.0
LAST_DAY_LEAST = 28
SHOWN_BEFORE = -1
ENDS = ("death_day", "withdrawn_day", "completed_day", "followed_to_day")
"""What a lane ends with: the earliest of these."""

Row = Mapping[str, Any]


def draw_swimmer(table: Mapping[str, Any]) -> Drawing | None:
    """One lane per line of the timeline; None when it has none."""
    rows: Sequence[Row] = table.get("rows", ())
    if not rows:
        return None
    last = max([LAST_DAY_LEAST, *(day for row in rows for day in _days(row))])
    bottom = TOP + LANE * len(rows) + 2
    canvas = Canvas(WIDTH, bottom + 26)
    days = Scale(SHOWN_BEFORE, last, LEFT, RIGHT)
    across(canvas, days, day_ticks(last), TOP, bottom, "Study day")
    _legend(canvas)
    for place, row in enumerate(rows):
        groups = {name: str(row[name]) for name in ("site", "arm") if row.get(name)}
        with canvas.group(Tooltip(groups=groups)):
            _lane(canvas, row, days, TOP + LANE * (place + 0.5))
    title = "Participants over time"
    description = _description(rows)
    svg = canvas.svg(figure_id="figure-swimmer", title=title, description=description)
    return Drawing("figure-swimmer", title, description, svg, str(table["id"]))


def _days(row: Row) -> list[int]:
    ends = [row.get(name) for name in ENDS]
    return [day for day in (*row["infusion_days"], *row["serious_days"], *ends) if day is not None]


def _description(rows: Sequence[Row]) -> str:
    infusions, serious = (sum(len(row[name]) for row in rows) for name in ("infusion_days", "serious_days"))
    died = sum(row["death_day"] is not None for row in rows)
    return (
        f"{len(rows)} participants, one lane each: {infusions} infusions, {serious} serious events, {died} with "
        "a known day of "
        "death. The number of other events stands at the end of the lane."
    )


def _lane(canvas: Canvas, row: Row, days: Scale, y: float) -> None:
    name = row["participant"] + (f" · {row['arm']}" if row.get("arm") else "")
    canvas.text(name, (LEFT - 6, y), size=7, anchor="end")
    ends = [row[name] for name in ENDS if row.get(name) is not None]
    if ends:
        words = Tooltip(f"{name}: followed to day {min(ends)}; {row['other_events']} other events")
        canvas.line((days.at(0), y), (days.at(min(ends)), y), colour=RULE, width=3, tooltip=words)
    for day in _known(row["infusion_days"]):
        words = Tooltip(f"{name}: infusion, day {day}")
        canvas.mark("^", (days.at(day), y), fill=OKABE_ITO[4], tooltip=words)
    for day in _known(row["serious_days"]):
        words = Tooltip(f"{name}: serious event, day {day}")
        canvas.mark("s", (days.at(day), y), size=2.8, fill=OKABE_ITO[1], tooltip=words)
    _end(canvas, row, days, y, name)
    canvas.text(str(row["other_events"]), (RIGHT + 12, y), size=7)


def _end(canvas: Canvas, row: Row, days: Scale, y: float, name: str) -> None:
    if row["withdrawn_day"] is not None:
        words = Tooltip(f"{name}: withdrawn, day {row['withdrawn_day']}")
        canvas.mark("P", (days.at(row["withdrawn_day"]), y), size=4, tooltip=words)
    if row.get("completed_day") is not None:
        words = Tooltip(f"{name}: completed, day {row['completed_day']}")
        canvas.mark("D", (days.at(row["completed_day"]), y), size=2.4, fill="white", tooltip=words)
    if row["death_day"] is not None:
        words = Tooltip(f"{name}: died, day {row['death_day']}")
        canvas.mark("x", (days.at(row["death_day"]), y), size=3, tooltip=words)


def _known(days: Sequence[int | None]) -> list[int]:
    return [day for day in days if day is not None]


def _legend(canvas: Canvas) -> None:
    entries = (
        ("^", "infusion", OKABE_ITO[4]),
        ("s", "serious event", OKABE_ITO[1]),
        ("x", "death", INK),
        ("P", "withdrawal", INK),
        ("D", "completion", "white"),
    )
    for place, (kind, words, colour) in enumerate(entries):
        x = LEFT + 76 * place
        canvas.mark(kind, (x + 4, 8), fill=colour)
        canvas.text(words, (x + 12, 8), size=7)
    canvas.text("other events", (RIGHT + 6, 8), size=7)
