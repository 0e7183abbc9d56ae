"""Which adverse events fall in which of the protocol's windows.

Days: study day with day 0 = day of randomisation, both ends of a window included. Treatment-emergent: the
flag as the source gave it, else onset at or after the first infusion. A partial date counts by the latest
moment that it allows, and the table says how many events that decided.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dsmb.frames import Frames
from dsmb.tables.population import Flags, Integers, Population, flags, known
from trials.rules.protocol import EventWindow

NO_DAY = np.iinfo(np.int64).min
"""Stands for a study day that is not recorded."""


@dataclass(frozen=True)
class WindowedEvents:
    """The adverse events of treated participants, and where they fall.

    `positions` are those of the events' participants; `inside` says per window which events fall in it, and
    `undecided` how many of those inside or outside were settled by the latest moment alone.
    """

    positions: Integers
    treated: Flags
    windows: tuple[EventWindow, ...]
    inside: tuple[Flags, ...]
    undecided: tuple[int, ...]
    onset_missing: Flags

    @property
    def anywhere(self) -> Flags:
        """The events that fall in at least one window."""
        return np.logical_or.reduce(self.inside) if self.inside else np.zeros_like(self.treated)

    def notes(self) -> list[str]:
        """What the windows leave out or had to settle, one sentence each."""
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
    """Every adverse event in the windows it falls in; events of the untreated fall in none."""
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
        onset_missing=~known(events["onset_latest_at"]) & ~known(events["onset_latest_day"]),
    )


def _placed(
    events: pd.DataFrame, people: pd.DataFrame, positions: Integers, window: EventWindow
) -> tuple[Flags, Flags]:
    """Inside the window; settled by the latest moment alone."""
    if window.basis == "days":
        return within_days(days_of(events["onset_earliest_day"]), days_of(events["onset_latest_day"]), window)
    return _treatment_emergent(events, people, positions)


def within_days(earliest: Integers, latest: Integers, window: EventWindow) -> tuple[Flags, Flags]:
    """Whether the latest possible day lies in the window, and whether the earliest one would say otherwise.

    Undecided is a span of possible days that overlaps the window without lying inside it.
    """
    first = NO_DAY + 1 if window.first_day is None else window.first_day
    last = np.iinfo(np.int64).max if window.last_day is None else window.last_day
    recorded = latest != NO_DAY
    start = np.where(earliest == NO_DAY, latest, earliest)
    inside = recorded & (latest >= first) & (latest <= last)
    overlaps = recorded & (latest >= first) & (start <= last)
    return inside, overlaps & ~(inside & (start >= first))


def _treatment_emergent(
    events: pd.DataFrame, people: pd.DataFrame, positions: Integers
) -> tuple[Flags, Flags]:
    """The flag as given; else the latest moment of onset at or after the first infusion.

    An onset or a first infusion that is not recorded excludes nothing: the event counts as emergent.
    """
    given = known(events["treatment_emergent"])
    first = _instants(people["first_infusion_at"])[positions]
    latest = _instants(events["onset_latest_at"])
    earliest = _instants(events["onset_earliest_at"])
    unknowable = np.isnat(latest) | np.isnat(first)
    derived = unknowable | (latest >= first)
    settled = derived & (unknowable | (~np.isnat(earliest) & (earliest < first)))
    inside = np.where(given, flags(events["treatment_emergent"]), derived)
    return inside, ~given & settled


def days_of(series: pd.Series) -> Integers:
    """Study days as plain integers, `NO_DAY` where missing."""
    return series.to_numpy(dtype=np.int64, na_value=NO_DAY)


def _instants(series: pd.Series) -> NDArray[np.datetime64]:
    return series.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
