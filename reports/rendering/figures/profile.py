"""One participant's course: infusions, events from onset to end, and strips of readings around each infusion."""

from collections.abc import Mapping, Sequence
from typing import Any

from documents.inks import INK, RULE
from documents.svg import Canvas, Scale, across, day_ticks, upright
from documents.ticks import ticks_around
from documents.tooltips import Tooltip
from reports.rendering.figures.drawing import OKABE_ITO, Drawing
from reports.rendering.wording import decimal_text, number_text

WIDTH, LEFT, RIGHT, LANE, TOP = 511.0, 150.0, 492.0, 11.0, 6.0
STRIP_HEIGHT, STRIP_GAP = 74.0, 22.0
LAST_DAY_LEAST = 28
STRIPS = (("map_mmhg", "MAP, mmHg"), ("norepinephrine_ug_min", "Norepinephrine, µg/min"))
MOST_STRIP_INFUSIONS = 3
LONGEST_TERM = 30
MOST_STEPS = 3
Row = Mapping[str, Any]


def draw_profile(profile: Row) -> Drawing:
    """The lanes of one participant over study days, and below them the strips of the first infusions."""
    events = sorted(
        profile["events"],
        key=lambda event: (event["onset_latest_day"] is None, event["onset_latest_day"] or 0, event["event"]),
    )
    last = max([LAST_DAY_LEAST, *_days(profile, events)])
    bottom = TOP + LANE * (1 + len(events)) + 2
    readings = _by_infusion(profile["readings"])
    height = bottom + 26 + (len(STRIPS) * (STRIP_HEIGHT + STRIP_GAP) + 8 if readings else 0)
    canvas = Canvas(WIDTH, height)
    days = Scale(-1, last, LEFT, RIGHT)
    across(canvas, days, day_ticks(last), TOP, bottom, "Study day")
    _infusions(canvas, profile, days)
    for place, event in enumerate(events, start=1):
        _event(canvas, event, profile, days, TOP + LANE * (place + 0.5))
    _end(canvas, profile, days, bottom)
    _strips(canvas, readings, bottom + 34, profile.get("window_hours"))
    figure_id = f"figure-profile-{profile['participant']}"
    title = f"Participant {profile['participant']} over time"
    description = _description(profile)
    svg = canvas.svg(figure_id=figure_id, title=title, description=description)
    return Drawing(figure_id, title, description, svg, f"profile-{profile['participant']}")


def _days(profile: Row, events: Sequence[Row]) -> list[int]:
    days = [event[name] for event in events for name in ("onset_latest_day", "end_latest_day")]
    days += [
        profile["death_day"],
        profile["withdrawn_day"],
        profile.get("completed_day"),
        *(row["study_day"] for row in profile["infusions"]),
    ]
    return [day for day in days if day is not None]


def _description(profile: Row) -> str:
    serious = sum(event["serious"] is True for event in profile["events"])
    end = (
        "died"
        if profile["died"]
        else "withdrawn"
        if profile["withdrawn_day"] is not None
        else "completed"
        if profile.get("completed_day") is not None
        else "no death recorded"
    )
    counts = f"{len(profile['infusions'])} infusions, {len(profile['events'])} adverse events, {serious} of them serious"
    return f"{counts}; {end}."


def _infusions(canvas: Canvas, profile: Row, days: Scale) -> None:
    y = TOP + LANE * 0.5
    canvas.text("Infusions", (LEFT - 8, y), size=7, anchor="end", bold=True)
    for row in profile["infusions"]:
        if row["study_day"] is not None:
            words = Tooltip(f"infusion {row['number']}, day {row['study_day']}")
            canvas.mark("^", (days.at(row["study_day"]), y), size=4, fill=OKABE_ITO[4], tooltip=words)
            canvas.text(str(row["number"]), (days.at(row["study_day"]) + 6, y), size=6.5)


def _event(canvas: Canvas, event: Row, profile: Row, days: Scale, y: float) -> None:
    term = str(event["term"] or "not coded")
    name = f"{event['event']}. {term}"
    is_serious = event["serious"] is True
    canvas.text(
        name if len(name) <= LONGEST_TERM else f"{name[: LONGEST_TERM - 1]}…",
        (LEFT - 8, y),
        size=7,
        anchor="end",
        bold=is_serious,
    )
    start, end = event["onset_latest_day"], event["end_latest_day"]
    if start is None:
        canvas.text("onset not known", (LEFT + 4, y), size=6.5)
        return
    stop = end if end is not None else profile["death_day"]
    x, width = days.at(start), max(days.at(start if stop is None else stop) - days.at(start), 4.0)
    fill = OKABE_ITO[1] if is_serious else "#e8e8e8"
    ended = "no recorded end" if end is None else str(end)
    words = Tooltip(f"{term}, grade {number_text(event['grade'])}, day {start} to {ended}")
    canvas.rectangle((x, y - 3.5), (width, 7), fill=fill, edge=INK, tooltip=words)
    if end is None and profile["death_day"] is None:
        canvas.line((x + width, y), (x + width + 10, y), dash="2 1.5")
        canvas.text("→", (x + width + 9, y), size=7)
    canvas.text("?" if event["grade"] is None else str(event["grade"]), (x - 3, y), size=6.5, anchor="end")


def _end(canvas: Canvas, profile: Row, days: Scale, bottom: float) -> None:
    for name, words in (
        ("death_day", "death"),
        ("withdrawn_day", "withdrawal"),
        ("completed_day", "completion"),
    ):
        if profile.get(name) is not None:
            x = days.at(profile[name])
            canvas.line((x, TOP), (x, bottom), dash="4 2", width=1)
            canvas.text(words, (x + 2, TOP + 4), size=6.5)


def _by_infusion(readings: Sequence[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = {}
    for reading in readings:
        grouped.setdefault(int(reading["infusion_number"]), []).append(reading)
    return dict(sorted(grouped.items())[:MOST_STRIP_INFUSIONS])


def _strips(
    canvas: Canvas, readings: Mapping[int, Sequence[Row]], top: float, window_hours: float | None
) -> None:
    """One strip per variable; the infusions are side by side on the same scale."""
    if not readings:
        return
    width = (RIGHT - 40.0) / len(readings)
    for row, (name, label) in enumerate(STRIPS):
        values = [one[name] for rows in readings.values() for one in rows if one[name] is not None]
        ticks = ticks_around(min(values), max(values), 3) if values else [0.0, 1.0]
        y = top + row * (STRIP_HEIGHT + STRIP_GAP)
        for place, (number, rows) in enumerate(readings.items()):
            edges = (40.0 + place * width, 40.0 + (place + 1) * width - 22)
            _strip(
                canvas,
                label,
                number,
                [(one["minutes"] / 60, one[name], _charted(one, name)) for one in rows],
                ticks=ticks,
                edges=edges,
                top=y,
                window_hours=window_hours,
            )


def _strip(
    canvas: Canvas,
    label: str,
    infusion: int,
    points: Sequence[tuple[float, float | None, str]],
    *,
    ticks: Sequence[float],
    edges: tuple[float, float],
    top: float,
    window_hours: float | None,
) -> None:
    base = top + STRIP_HEIGHT - 14
    values = Scale(float(ticks[0]), float(ticks[-1]), base, top + 8)
    first, last = min(hour for hour, _, _ in points), max(hour for hour, _, _ in points)
    hours = Scale(min(-0.5, first), max(window_hours or 0.0, last, 0.5), *edges)
    upright(canvas, values, [float(tick) for tick in ticks], *edges)
    canvas.line((hours.at(0), top + 8), (hours.at(0), base), colour=INK, width=0.8)
    for hour in hour_ticks(window_hours, hours.high):
        canvas.text(f"{hour:g} h", (hours.at(hour), base + 7), size=6.5, anchor="middle")
        canvas.line((hours.at(hour), base), (hours.at(hour), base + 2), colour=RULE)
    canvas.text(f"{label}, infusion {infusion}", (edges[0], top), size=7, bold=True)
    known = [(hour, value) for hour, value, _ in points if value is not None]
    _not_converted(canvas, label, infusion, points, hours, top + 14)
    if not known and not any(charted for _, _, charted in points):
        canvas.text("not recorded", (edges[0] + 4, (top + base) / 2), size=7)
        return
    for stretch in _stretches(points):
        canvas.path([(hours.at(hour), values.at(value)) for hour, value in stretch], colour=OKABE_ITO[0])
    for when, value in known:
        point = (hours.at(when), values.at(value))
        canvas.mark("o", point, size=1.4, fill=OKABE_ITO[0], edge=OKABE_ITO[0])
        canvas.hit_circle(point, tooltip=Tooltip(_reading_text(label, infusion, when, value)))


def hour_ticks(window_hours: float | None, last: float) -> list[float]:
    """The start, the end of the protocol's window, and multiples of it, at most four ticks in all."""
    step = window_hours or max(last, 1.0)
    while last / step > MOST_STEPS:
        step *= 2
    return [step * place for place in range(int(last / step) + 1)]


def _stretches(points: Sequence[tuple[float, float | None, str]]) -> list[list[tuple[float, float]]]:
    """The readings in segments: a missing value is a gap of the curve."""
    found: list[list[tuple[float, float]]] = [[]]
    for hour, value, _ in points:
        if value is None:
            found.append([])
        else:
            found[-1].append((hour, value))
    return [stretch for stretch in found if len(stretch) > 1]


def _charted(reading: Row, name: str) -> str:
    """The rate as recorded where it is not known in the strip's unit; empty elsewhere."""
    return str(reading.get("norepinephrine_charted") or "") if name == "norepinephrine_ug_min" else ""


def _not_converted(
    canvas: Canvas,
    label: str,
    infusion: int,
    points: Sequence[tuple[float, float | None, str]],
    hours: Scale,
    y: float,
) -> None:
    """A mark with text at each recorded rate that is not known in the strip's unit; never a zero."""
    name = label.split(", ", maxsplit=1)[0]
    for hour, _, charted in points:
        if charted:
            point = (hours.at(hour), y)
            canvas.text("?", point, size=7, anchor="middle", bold=True)
            canvas.hit_circle(
                point, tooltip=Tooltip(f"{name} {charted}; not known in this unit, {_when(hour, infusion)}")
            )


def _when(hour: float, infusion: int) -> str:
    side = "before" if hour < 0 else "after"
    return f"{decimal_text(abs(hour), 2)} h {side} the start of infusion {infusion}"


def _reading_text(label: str, infusion: int, hour: float, value: float) -> str:
    """``MAP 66.5 mmHg, 0.50 h after the start of infusion 1``."""
    name, unit = label.split(", ")
    return f"{name} {number_text(value)} {unit}, {_when(hour, infusion)}"
