"""The follow-up of each participant for events, and the day of follow-up on which an event began.

The clock starts at day 0, the day of randomisation, and runs in study days of the trial's zone; one day from one date
to the next is one person-day, and a stop on day 0 half of one. It stops at the earliest of death, withdrawal,
completion, the data cut-off and the last day of the protocol's windows. Follow-up is by the calendar and does not
depend on visits.

A partial or missing onset, narrowed by everything on record as in every table, is narrowed further to the days of
follow-up. When its earliest and latest day are then no more than `MATERIAL_DAYS` apart, the latest one counts, as in
every table. Otherwise the event has no day, and a participant in whom it may have been the first of its kind is not
evaluable for the time to it.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from biostatistics.proportions import Floats
from reports.frames import Frames
from reports.tables.event_windows import NO_DAY, study_days, windowed_events
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, Integers, Population, flags

MATERIAL_DAYS = 3
"""An onset known less exactly than this has no day (our convention)."""

HALF_A_DAY = 0.5
"""Person-days of a participant with the event, death or end on day 0: at risk for half of it on the average.

With 0 days a rate of events on the day of the dose would have no value (our convention, as actuaries count the interval
of an exit: Chiang CL. The Life Table and its Applications, 1984).
"""

NEVER = np.iinfo(np.int64).max
QUARTERS = 4

NO_CUTOFF = "Without a data cut-off nothing can be said about follow-up."


@dataclass(frozen=True)
class ParticipantFollowUp:
    """Per participant, by position: the last day of follow-up, whether death ended it, whether it is known.

    Only treated participants are included. `end` is 0 where it is not known. `notes` describe the exclusions.
    """

    end: Integers
    has_died: Flags
    is_known: Flags
    notes: tuple[str, ...]

    def person_days(self, arm_index: Integers, columns: int) -> Floats:
        """The days of all known follow-up per column; the last is their sum altogether."""
        return per_column(days_at_risk(self.end[self.is_known]), arm_index[self.is_known], columns)


@dataclass(frozen=True)
class DatedEvents:
    """Events in a window and on a day of follow-up: participants, days, and rows of the frame.

    `undated` are rows in a window without such a day, `undated_from` the first day on which they may have begun.
    """

    positions: Integers
    days: Integers
    rows: Integers
    undated: Integers
    undated_positions: Integers
    undated_from: Integers
    notes: tuple[str, ...]


@dataclass(frozen=True)
class FirstEvents:
    """Time to the first event of a kind, for evaluable participants; aligned arrays."""

    positions: Integers
    times: Floats
    has_event: Flags
    died_before: Flags
    not_evaluable: int


def follow_up(frames: Frames, population: Population, plan: TablePlan) -> ParticipantFollowUp | None:
    """The follow-up of every treated participant; None when the plan has no data cut-off."""
    if plan.data_cutoff_at is None:
        return None
    cutoff = pd.Timestamp(plan.data_cutoff_at)
    return frames.once(("follow-up", *_basis(plan)), lambda: _follow_up(frames, population, plan, cutoff))


def _basis(plan: TablePlan) -> tuple[Hashable, ...]:
    """The parts of a plan that the days of follow-up depend on."""
    return plan.data_cutoff_at, plan.protocol.timezone, plan.protocol.event_windows


def _follow_up(
    frames: Frames, population: Population, plan: TablePlan, moment: pd.Timestamp
) -> ParticipantFollowUp:
    people = frames.participants
    day0 = _days_since_epoch(people["day0"], None)
    cutoff = moment.tz_convert(plan.protocol.timezone).tz_localize(None)
    death = _days_of_death(frames, population)
    undated = (flags(people["died"]) | population.seen(population.positions(frames.deaths))) & (
        death == NEVER
    )
    stops = [death, np.where(day0 == NEVER, NEVER, (cutoff - pd.Timestamp(0)).days - day0)]
    stops += [_study_days(people[name], day0, plan) for name in ("withdrawn_at", "completed_at")]
    last = horizon(plan)
    end = np.minimum.reduce([*stops, np.full(len(people), NEVER if last is None else last)])
    left_before = (end == stops[2]) | (end == stops[3])
    is_known = population.treated & (day0 != NEVER) & (end >= 0) & ~(undated & ~left_before)
    end = np.where(is_known, end, 0)
    notes = _notes(population, is_known, undated, death, end)
    return ParticipantFollowUp(end, is_known & (death == end), is_known, notes)


def dated_events(
    frames: Frames, population: Population, followed: ParticipantFollowUp, plan: TablePlan
) -> DatedEvents:
    """The events of the windows, each on its day of follow-up."""
    what = ("dated events", *_basis(plan))
    return frames.once(what, lambda: _dated_events(frames, population, followed, plan))


def _dated_events(
    frames: Frames, population: Population, followed: ParticipantFollowUp, plan: TablePlan
) -> DatedEvents:
    windowed = windowed_events(frames, population, plan.protocol.event_windows)
    rows = np.flatnonzero(windowed.anywhere & followed.is_known[windowed.positions])
    positions, events = windowed.positions[rows], frames.adverse_events
    latest = study_days(events["onset_latest_day"])[rows]
    earliest = study_days(events["onset_earliest_day"])[rows]
    end = followed.end[positions]
    start = np.maximum(earliest, 0)
    day = np.minimum(latest, end)
    is_recorded = latest != NO_DAY
    is_after = is_recorded & ((start > end) | (latest < 0))
    is_dated = is_recorded & ~is_after & (day - start <= MATERIAL_DAYS)
    is_undated = ~is_dated & ~is_after
    return DatedEvents(
        positions=positions[is_dated],
        days=day[is_dated],
        rows=rows[is_dated],
        undated=rows[is_undated],
        undated_positions=positions[is_undated],
        undated_from=np.where(is_recorded, start, 0)[is_undated],
        notes=_event_notes(int(is_after.sum()), int(is_undated.sum())),
    )


def first_events(followed: ParticipantFollowUp, events: DatedEvents, of_kind: Flags) -> FirstEvents:
    """The first event of a kind per participant; `of_kind` is a flag per row of the frame.

    Death or the end of follow-up before any such event is counted as such. A participant with an undated one that may
    have come before the first dated one is left out: it is known to have happened, but not when.
    """
    first = np.full(len(followed.end), NEVER)
    kind = of_kind[events.rows]
    np.minimum.at(first, events.positions[kind], events.days[kind])
    undated = of_kind[events.undated]
    may_be_first = np.zeros(len(first), dtype=bool)
    who, since = events.undated_positions[undated], events.undated_from[undated]
    may_be_first[who[since < first[who]]] = True
    kept = followed.is_known & ~may_be_first
    has_event = first[kept] != NEVER
    return FirstEvents(
        positions=np.flatnonzero(kept),
        times=np.where(has_event, first[kept], followed.end[kept]).astype(float),
        has_event=has_event,
        died_before=followed.has_died[kept] & ~has_event,
        not_evaluable=int((followed.is_known & may_be_first).sum()),
    )


def horizon(plan: TablePlan) -> int | None:
    """The last day of the protocol's windows; None when one of them has no end."""
    days = [window.last_day for window in plan.protocol.event_windows]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def landmark_days(plan: TablePlan, followed: ParticipantFollowUp) -> tuple[int, ...]:
    """The days at which curves are read: the windows' last ones, else quarters of the longest follow-up."""
    if horizon(plan) is not None:
        return tuple(sorted({w.last_day for w in plan.protocol.event_windows if w.last_day is not None}))
    longest = int(followed.end.max(initial=0))
    return tuple(sorted({longest * quarter // QUARTERS for quarter in range(1, QUARTERS + 1)} - {0}))


def days_at_risk(days: Integers | Floats) -> Floats:
    """Days from day 0 to an event or to the end of follow-up as person-time: a stop on day 0 counts half a day."""
    at_risk: Floats = np.maximum(days.astype(float), HALF_A_DAY)
    return at_risk


def per_column(values: Floats, arm_positions: Integers, columns: int) -> Floats:
    """The sum of values per column; the last is their sum altogether."""
    sums = np.bincount(arm_positions, weights=values, minlength=columns).astype(float)
    sums[-1] = values.sum()
    return sums


def _days_of_death(frames: Frames, population: Population) -> Integers:
    """The study day of death, `NEVER` when alive or not known; the frame of deaths has priority."""
    days, recorded = study_days(frames.participants["death_day"]), study_days(frames.deaths["study_day"])
    positions = population.positions(frames.deaths)
    days[positions] = np.where(recorded == NO_DAY, days[positions], recorded)
    return np.where(days == NO_DAY, NEVER, days)


def _study_days(moments: pd.Series, day0: Integers, plan: TablePlan) -> Integers:
    days = _days_since_epoch(moments, plan.protocol.timezone)
    return np.where((days == NEVER) | (day0 == NEVER), NEVER, days - np.where(day0 == NEVER, 0, day0))


def _days_since_epoch(moments: pd.Series, zone: str | None) -> Integers:
    """Calendar days, in the zone when the moments have one; `NEVER` where missing."""
    missing = moments.isna().to_numpy()
    if missing.all():
        return np.full(len(moments), NEVER)
    local = moments if zone is None else moments.dt.tz_convert(zone).dt.tz_localize(None)
    return np.where(missing, NEVER, local.to_numpy().astype("datetime64[D]").astype(np.int64))


def _notes(
    population: Population, is_known: Flags, undated: Flags, death: Integers, end: Integers
) -> tuple[str, ...]:
    treated = population.treated
    dead_later = is_known & (death != NEVER) & (death > end)
    counted = {
        "{n} treated participants without a known start or end of follow-up are left out.":
            int((treated & ~is_known).sum()),
        "{n} of these have died on a day that is not known: the curves are too favourable by as much.":
            int((treated & ~is_known & undated).sum()),
        "{n} deaths lie after the end of follow-up and are in no curve.": int(dead_later.sum()),
    }  # fmt: skip
    found = [sentence.format(n=n) for sentence, n in counted.items() if n]
    return (*found, RULE)


RULE = (
    "Follow-up runs from day 0 to the earliest of death, withdrawal, completion, the data cut-off and the last day of "
    "the protocol's windows, in person-days; a stop on day 0 counts half a day in rates."
)


def _event_notes(after: int, undated: int) -> tuple[str, ...]:
    counted = {
        "{n} adverse events began outside their participant's follow-up and are not counted here.": after,
        "{n} adverse events have an onset that is not known to within "
        f"{MATERIAL_DAYS} days: they are on no day of a curve, and count in rates of events.": undated,
    }
    return tuple(sentence.format(n=n) for sentence, n in counted.items() if n)
