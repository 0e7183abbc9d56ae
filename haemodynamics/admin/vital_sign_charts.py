"""The geometry of the picture of an infusion's hours: one strip per variable under one time axis.

The template draws it. All positions are in the picture's own units; times are minutes from the start of the infusion.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil, floor

from webkit.admin.display import number

WIDTH = 960.0
GUTTER_LEFT, GUTTER_RIGHT = 132.0, 16.0
HEAD, STRIP, GAP, FOOT = 34.0, 64.0, 12.0, 34.0
LANE = 30.0
TICK_HOURS = (1, 2, 3, 6, 12, 24)
MOST_TICKS = 12
MINUTES_BEFORE, MINUTES_AFTER = 30.0, 15.0
"""Shown before the start (the baseline) and after the window, so that its edge is inside the picture."""


@dataclass(frozen=True)
class StripSeries:
    """The data of one strip: (minutes, value) pairs in order.

    `is_steps` draws a value until the next reading.

    None is a gap: nothing is drawn between its neighbours. `marks`: (minutes, words) without a position on the scale.
    """

    name: str
    unit: str
    readings: tuple[tuple[float, float | None], ...]
    thresholds: tuple[tuple[float, str], ...] = ()
    is_steps: bool = False
    marks: tuple[tuple[float, str], ...] = ()

    def with_gaps(self, minutes: Sequence[float]) -> "StripSeries":
        """The series with a gap at each of the minutes, such as those of missed checks."""
        pairs = [*self.readings, *((minute, None) for minute in minutes)]
        return replace(self, readings=tuple(sorted(pairs, key=lambda pair: pair[0])))

    @property
    def known(self) -> list[float]:
        """The values."""
        return [value for _, value in self.readings if value is not None]


@dataclass(frozen=True)
class CriterionMark:
    """The time of a met criterion, and its label."""

    minutes: float
    words: str


@dataclass(frozen=True)
class Tick:
    at: str
    label: str


@dataclass(frozen=True)
class StripPoint:
    x: str
    y: str
    label: str


@dataclass(frozen=True)
class Strip:
    name: str
    unit: str
    top: str
    height: str
    middle: str
    under: str
    path: str
    points: tuple[StripPoint, ...]
    marks: tuple[StripPoint, ...]
    y_ticks: tuple[Tick, ...]
    thresholds: tuple[Tick, ...]
    is_steps: bool


@dataclass(frozen=True)
class FlagMark:
    x: str
    y: str
    text_x: str
    text_y: str
    anchor: str
    words: str


@dataclass(frozen=True)
class Picture:
    width: str
    height: str
    left: str
    right: str
    top: str
    bottom: str
    axis_label_y: str
    infusion_x: str
    infusion_width: str
    window_x: str
    window_label_x: str
    strip_width: str
    tick_x: str
    strips: tuple[Strip, ...]
    x_ticks: tuple[Tick, ...]
    flags: tuple[FlagMark, ...]


def draw(
    series: Sequence[StripSeries],
    flags: Sequence[CriterionMark],
    *,
    infusion_minutes: float,
    window_minutes: float,
) -> Picture:
    """The picture of one infusion of `infusion_minutes` (so far), with a window of `window_minutes` from its start."""
    across = _Axis(-MINUTES_BEFORE, window_minutes + MINUTES_AFTER, GUTTER_LEFT, WIDTH - GUTTER_RIGHT)
    head = HEAD + LANE * len(flags)
    strips = tuple(_strip(one, head + index * (STRIP + GAP), across) for index, one in enumerate(series))
    bottom = head + len(strips) * (STRIP + GAP)
    marks = tuple(_flag(flag, HEAD - 6 + index * LANE, across) for index, flag in enumerate(flags))
    return Picture(
        width=_n(WIDTH),
        height=_n(bottom + FOOT),
        left=_n(GUTTER_LEFT),
        right=_n(WIDTH - GUTTER_RIGHT),
        top=_n(head - 8),
        bottom=_n(bottom),
        axis_label_y=_n(bottom + 20),
        infusion_x=_n(across(0)),
        infusion_width=_n(max(across(infusion_minutes) - across(0), 1.0)),
        window_x=_n(across(window_minutes)),
        window_label_x=_n(across(window_minutes) - 6),
        strip_width=_n(WIDTH - GUTTER_RIGHT - GUTTER_LEFT),
        tick_x=_n(GUTTER_LEFT - 8),
        strips=strips,
        x_ticks=_hours(window_minutes, across),
        flags=marks,
    )


@dataclass(frozen=True)
class _Axis:
    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(max(share, 0.0), 1.0) * (self.stop - self.start)


def _strip(series: StripSeries, top: float, across: _Axis) -> Strip:
    low, high = _limits(series)
    up = _Axis(low, high, top + STRIP - 6, top + 6)
    inside = [(minutes, value) for minutes, value in series.readings if across.low <= minutes <= across.high]
    points = tuple(
        StripPoint(_n(across(m)), _n(up(v)), f"{_plain(v)} {series.unit}".strip())
        for m, v in inside
        if v is not None
    )
    marks = tuple(
        StripPoint(_n(across(minutes)), _n(top + 16), words)
        for minutes, words in series.marks
        if across.low <= minutes <= across.high
    )
    return Strip(
        name=series.name,
        unit=series.unit,
        top=_n(top),
        height=_n(STRIP),
        middle=_n(top + 24),
        under=_n(top + 42),
        path=_path(inside, across, up, is_steps=series.is_steps),
        points=points,
        marks=marks,
        is_steps=series.is_steps,
        y_ticks=tuple(Tick(_n(up(value)), _plain(value)) for value in (low, high)),
        thresholds=tuple(Tick(_n(up(value)), label) for value, label in series.thresholds),
    )


def _limits(series: StripSeries) -> tuple[float, float]:
    values = series.known + [value for value, _ in series.thresholds]
    if not values:
        return 0.0, 1.0
    low, high = (0.0 if series.is_steps else min(values)), max(values)
    step = _round_step((high - low) or max(abs(high), 1.0) * 0.2)
    bottom = 0.0 if series.is_steps else floor(low / step) * step
    top = ceil(high / step) * step
    return (bottom, top) if top > bottom else (bottom, bottom + step)


def _round_step(span: float) -> float:
    """1, 2 or 5 times a power of ten, about a quarter of the span."""
    size = 1.0
    while size * 10 <= span / 4:
        size *= 10
    while size > span / 4:
        size /= 10
    return next((size * factor for factor in (5, 2) if size * factor <= span / 4), size)


def _path(readings: Sequence[tuple[float, float | None]], across: _Axis, up: _Axis, *, is_steps: bool) -> str:
    """The curve in segments; it ends at a missing value, and begins again with the next one."""
    stretches = [
        [(minutes, value) for minutes, value in stretch if value is not None]
        for is_gap, stretch in groupby(readings, key=lambda pair: pair[1] is None)
        if not is_gap
    ]
    draw_one = _steps if is_steps else _line
    return " ".join(draw_one(stretch, across, up) for stretch in stretches)


def _line(readings: Sequence[tuple[float, float]], across: _Axis, up: _Axis) -> str:
    return " ".join(
        f"{'M' if i == 0 else 'L'}{_n(across(m))} {_n(up(v))}" for i, (m, v) in enumerate(readings)
    )


def _steps(readings: Sequence[tuple[float, float]], across: _Axis, up: _Axis) -> str:
    parts = [
        f"M{_n(across(m))} {_n(up(v))}" if i == 0 else f"H{_n(across(m))} V{_n(up(v))}"
        for i, (m, v) in enumerate(readings)
    ]
    return " ".join(parts)


def _hours(window_minutes: float, across: _Axis) -> tuple[Tick, ...]:
    """Ticks at the start and at whole hours, at most a dozen in the window."""
    hours = int(window_minutes // 60)
    step = next((size for size in TICK_HOURS if hours / size <= MOST_TICKS), TICK_HOURS[-1])
    return tuple(Tick(_n(across(hour * 60)), f"{hour} h") for hour in range(0, hours + 1, step))


def _flag(flag: CriterionMark, y: float, across: _Axis) -> FlagMark:
    x = across(flag.minutes)
    is_late = x > WIDTH / 2
    return FlagMark(
        _n(x), _n(y), _n(x - 8 if is_late else x + 22), _n(y + 9), "end" if is_late else "start", flag.words
    )


def _n(value: float) -> str:
    """A coordinate with one decimal and a point, in every language."""
    return f"{value:.1f}"


def _plain(value: float) -> str:
    """A reading in the format of the page."""
    return number(value, "g")
