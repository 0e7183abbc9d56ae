"""One participant over time: sera with their highest donor-specific MFI, infusions, transfusions, immunoglobulins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from documents.svg import Canvas, Scale, across
from documents.tooltips import Tooltip
from immunology.rendering.pictures import SealedPicture, mfi_text

WIDTH, LANE, LEFT, RIGHT, TOP = 720.0, 24.0, 150.0, 700.0, 16.0
SHORTEST_BAR = 3.0
"""Points from which a span is drawn as a bar."""
LANE_MARKS = {"serum": "o", "infusion": "v", "blood": "s", "immunoglobulin": "D", "other": "P"}


@dataclass(frozen=True)
class CourseMoment:
    """Something on a lane, in a span of moments: equal ends when it is known exactly."""

    lane: str
    earliest: datetime
    latest: datetime
    words: str
    mfi: float | None = None


def draw_antibody_course(
    moments: Sequence[CourseMoment], day0: datetime, *, name: str, zone: str, figure_id: str
) -> SealedPicture:
    """A lane per kind, a shape of its own on each; a moment that is not known exactly is a bar."""
    names = {
        "serum": _("Serum, highest MFI against the donor"),
        "infusion": _("Infusion"),
        "blood": _("Transfusion"),
        "immunoglobulin": _("Plasma, immunoglobulin"),
        "other": _("Another event"),
    }
    ordered = sorted(moments, key=lambda one: (one.earliest, one.lane))
    title = _("Course of %(name)s") % {"name": name}
    note = _("Days from the first moment shown. Times: %(zone)s.") % {"zone": zone}
    rows = [
        (f"{_day(one.earliest, day0):.1f}", names[one.lane], one.words, mfi_text(one.mfi) if one.mfi else "")
        for one in ordered
    ]
    columns = (_("Day"), _("What"), _("Details"), _("MFI"))
    svg = _lanes(ordered, names, day0, title, note, figure_id) if ordered else ""
    return SealedPicture(title, svg, columns, rows, note)


def _day(moment: datetime, day0: datetime) -> float:
    return (moment - day0).total_seconds() / 86_400


def _lanes(
    moments: Sequence[CourseMoment],
    names: dict[str, str],
    day0: datetime,
    title: str,
    note: str,
    figure_id: str,
) -> str:
    lanes = [lane for lane in LANE_MARKS if any(one.lane == lane for one in moments)]
    bottom = TOP + LANE * len(lanes)
    first = min(_day(one.earliest, day0) for one in moments)
    last = max(_day(one.latest, day0) for one in moments)
    days = Scale(min(first, 0.0) - 0.5, max(last, 1.0) + 0.5, LEFT, RIGHT)
    canvas = Canvas(WIDTH, bottom + 30)
    step = max(1, round((days.high - days.low) / 10))
    ticks = range(int(days.low), int(days.high) + 1, step)
    across(canvas, days, list(ticks), TOP, bottom, _("Day"))
    for place, lane in enumerate(lanes):
        y = TOP + LANE * (place + 0.5)
        canvas.text(names[lane], (LEFT - 8, y), size=6.5, anchor="end")
        for one in moments:
            if one.lane == lane:
                _put(canvas, one, days, day0, y)
    return canvas.svg(figure_id=figure_id, title=title, description=note)


def _put(canvas: Canvas, one: CourseMoment, days: Scale, day0: datetime, y: float) -> None:
    start, end = days.at(_day(one.earliest, day0)), days.at(_day(one.latest, day0))
    with canvas.group(Tooltip(f"{one.words} {mfi_text(one.mfi) if one.mfi else ''}".strip())):
        if end - start > SHORTEST_BAR:
            canvas.line((start, y), (end, y), width=2.4)
        canvas.mark(LANE_MARKS[one.lane], ((start + end) / 2, y), size=3.4)
    if one.mfi:
        canvas.text(mfi_text(one.mfi), ((start + end) / 2, y - 9), size=6, anchor="middle")
