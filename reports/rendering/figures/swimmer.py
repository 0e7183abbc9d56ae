"""The swimmer figure: participants as lanes, with infusions, serious events and the end."""

from collections.abc import Mapping, Sequence
from typing import Any

from documents.inks import INK, RULE
from documents.svg import Scale, Sketch, across, day_ticks
from documents.tooltips import Told
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
    sketch = Sketch(WIDTH, bottom + 26)
    days = Scale(SHOWN_BEFORE, last, LEFT, RIGHT)
    across(sketch, days, day_ticks(last), TOP, bottom, "Study day")
    _legend(sketch)
    for place, row in enumerate(rows):
        groups = {name: str(row[name]) for name in ("site", "arm") if row.get(name)}
        with sketch.group(Told(groups=groups)):
            _lane(sketch, row, days, TOP + LANE * (place + 0.5))
    title = "Participants over time"
    description = _description(rows)
    svg = sketch.svg(figure_id="figure-swimmer", title=title, description=description)
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


def _lane(sketch: Sketch, row: Row, days: Scale, y: float) -> None:
    name = row["participant"] + (f" · {row['arm']}" if row.get("arm") else "")
    sketch.text(name, (LEFT - 6, y), size=7, anchor="end")
    ends = [row[name] for name in ENDS if row.get(name) is not None]
    if ends:
        words = Told(f"{name}: followed to day {min(ends)}; {row['other_events']} other events")
        sketch.line((days.at(0), y), (days.at(min(ends)), y), colour=RULE, width=3, told=words)
    for day in _known(row["infusion_days"]):
        words = Told(f"{name}: infusion, day {day}")
        sketch.mark("^", (days.at(day), y), fill=OKABE_ITO[4], told=words)
    for day in _known(row["serious_days"]):
        words = Told(f"{name}: serious event, day {day}")
        sketch.mark("s", (days.at(day), y), size=2.8, fill=OKABE_ITO[1], told=words)
    _end(sketch, row, days, y, name)
    sketch.text(str(row["other_events"]), (RIGHT + 12, y), size=7)


def _end(sketch: Sketch, row: Row, days: Scale, y: float, name: str) -> None:
    if row["withdrawn_day"] is not None:
        words = Told(f"{name}: withdrawn, day {row['withdrawn_day']}")
        sketch.mark("P", (days.at(row["withdrawn_day"]), y), size=4, told=words)
    if row.get("completed_day") is not None:
        words = Told(f"{name}: completed, day {row['completed_day']}")
        sketch.mark("D", (days.at(row["completed_day"]), y), size=2.4, fill="white", told=words)
    if row["death_day"] is not None:
        words = Told(f"{name}: died, day {row['death_day']}")
        sketch.mark("x", (days.at(row["death_day"]), y), size=3, told=words)


def _known(days: Sequence[int | None]) -> list[int]:
    return [day for day in days if day is not None]


def _legend(sketch: Sketch) -> None:
    entries = (
        ("^", "infusion", OKABE_ITO[4]),
        ("s", "serious event", OKABE_ITO[1]),
        ("x", "death", INK),
        ("P", "withdrawal", INK),
        ("D", "completion", "white"),
    )
    for place, (kind, words, colour) in enumerate(entries):
        x = LEFT + 76 * place
        sketch.mark(kind, (x + 4, 8), fill=colour)
        sketch.text(words, (x + 12, 8), size=7)
    sketch.text("other events", (RIGHT + 6, 8), size=7)
