"""Which adverse events are in which of the protocol's windows.

Days: study day with day 0 = day of randomisation, both ends of a window included. Treatment-emergent: the flag as the
source gave it, else onset or worsening at or after the first infusion (`events.rules`). A partial or missing date was
narrowed by everything on record when the data were frozen; it counts by the latest time that remains, and the table
gives the number of events for which that decided.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from events.rules.adverse_events.spans import is_emergent_column
from partial_dates.narrowing import NO_BOUND_ABOVE, NO_BOUND_BELOW
from reports.frames import Frames
from reports.tables.population import Flags, Integers, Population, known
from trials.rules.protocol import EventWindow

SAID_OF_ONSET = ("onset_text", "onset_earliest_at", "onset_earliest_day")
"""A recorded onset has one of these; an unrecorded one may still have a latest time."""

NO_DAY = np.iinfo(np.int64).min
"""The value for a study day that is not recorded."""


@dataclass(frozen=True)
class WindowedEvents:
    """The adverse events of treated participants, and their windows.

    `positions` are those of the events' participants; `inside` says per window which events are in it, and `undecided`
    the number of those inside or outside that only the latest time decided.
    """

    positions: Integers
    treated: Flags
    windows: tuple[EventWindow, ...]
    inside: tuple[Flags, ...]
    undecided: tuple[int, ...]
    onset_missing: Flags

    @property
    def anywhere(self) -> Flags:
        """The events in at least one window."""
        return np.logical_or.reduce(self.inside) if self.inside else np.zeros_like(self.treated)

    def notes(self) -> list[str]:
        """The events that the windows leave out or had to decide, one sentence each."""
        outside = self.treated & ~self.anywhere
        counted = {
            "{n} adverse events of participants outside the treated population are not counted.":
                int((~self.treated).sum()),
            "{n} adverse events of treated participants fall in none of the windows and are not counted.":
                int(outside.sum()),
            "{n} of these have no recorded onset.": int((outside & self.onset_missing).sum()),
        }  # fmt: skip
        sentences = [sentence.format(n=n) for sentence, n in counted.items() if n]
        for window, count in zip(self.windows, self.undecided, strict=True):
            if count:
                sentences.append(
                    f"{window.label}: {count} adverse events with a partial or missing onset were placed by the "
                    "latest moment that it allows."
                )
        return sentences


def windowed_events(
    frames: Frames, population: Population, windows: tuple[EventWindow, ...]
) -> WindowedEvents:
    """Every adverse event in its windows; events of the untreated are in none."""
    return frames.once(("windowed events", windows), lambda: _windowed_events(frames, population, windows))


def _windowed_events(
    frames: Frames, population: Population, windows: tuple[EventWindow, ...]
) -> WindowedEvents:
    events = frames.adverse_events
    positions = population.positions(events)
    treated = population.treated[positions]
    placed = [_placed(events, frames.participants, positions, window) for window in windows]
    return WindowedEvents(
        positions=positions,
        treated=treated,
        windows=windows,
        inside=tuple(inside & treated for inside, _ in placed),
        undecided=tuple(int((undecided & treated).sum()) for _, undecided in placed),
        onset_missing=~np.logical_or.reduce([known(events[name]) for name in SAID_OF_ONSET]),
    )


def _placed(
    events: pd.DataFrame, people: pd.DataFrame, positions: Integers, window: EventWindow
) -> tuple[Flags, Flags]:
    """Whether the event is inside the window, and whether only the latest time decided."""
    if window.basis == "days":
        return within_days(
            study_days(events["onset_earliest_day"]), study_days(events["onset_latest_day"]), window
        )
    return _treatment_emergent(events, people, positions)


def within_days(earliest: Integers, latest: Integers, window: EventWindow) -> tuple[Flags, Flags]:
    """Whether the latest possible day is inside the window, and whether the earliest one gives another answer.

    Undecided is a span of possible days that overlaps the window without being inside it; one without an earliest day
    has no lower bound.
    """
    first = NO_DAY + 1 if window.first_day is None else window.first_day
    last = np.iinfo(np.int64).max if window.last_day is None else window.last_day
    recorded = latest != NO_DAY
    inside = recorded & (latest >= first) & (latest <= last)
    overlaps = recorded & (latest >= first) & (earliest <= last)
    return inside, overlaps & ~(inside & (earliest >= first))


def _treatment_emergent(
    events: pd.DataFrame, people: pd.DataFrame, positions: Integers
) -> tuple[Flags, Flags]:
    """The rule of `events` decides; the latest time decides for those that may have begun before it."""
    given = events["treatment_emergent"].astype("Int8").fillna(-1).to_numpy(dtype=np.int64)
    first = _instants(people["first_infusion_at"], NO_BOUND_BELOW)[positions]
    inside = is_emergent_column(
        given=given,
        onset_latest=_instants(events["onset_latest_at"], NO_BOUND_ABOVE),
        worsened_latest=_instants(events["worsened_latest_at"], NO_BOUND_ABOVE),
        first_infusion=first,
        treated=np.ones(len(events), dtype=bool),
    )
    is_certain = _instants(events["onset_earliest_at"], NO_BOUND_BELOW) >= first
    return inside, (given < 0) & inside & ~(is_certain & (first != NO_BOUND_BELOW))


def study_days(series: pd.Series) -> Integers:
    """Study days as plain integers, `NO_DAY` where missing."""
    return series.to_numpy(dtype=np.int64, na_value=NO_DAY)


def _instants(series: pd.Series, unknown: int) -> Integers:
    """Microseconds since 1970, `unknown` where missing."""
    moments = series.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    return np.where(np.isnat(moments), unknown, moments.astype(np.int64))
