"""The time of the report's tables, each against bare pandas group-bys of the same loaded columns.

    .venv/bin/python benchmarks/bench_tables.py [--largest 1000000] [--repeats 3]

Prints, from 10^3 events up and for each table: its CPU time, that of its yardstick (the group-bys that give the same
counts, on columns with arm, window and day of follow-up, whose computation is in neither time: a report computes them
once, and that time has a line of its own), their ratio, and the growth from one size to the next; then the CPU time to
load the frames and the peak of memory. Every table of the registry is measured except `boundary_characteristics`, which
computes over no rows. Exit status 1 when a ratio at the largest size is above the target.
"""

import argparse
import resource
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
from further_content import CRITERIA, further_content
from pandas_baselines import FURTHER

from biostatistics.event_rates import _exact_p_value
from reports.frames import SCHEMAS, Frames, frames_from
from reports.tables import TABLES as REGISTRY
from reports.tables import CodedArm, TablePlan
from reports.tables.ae_by_soc_term import ae_by_soc_term
from reports.tables.ae_overview import ae_overview
from reports.tables.deaths import deaths
from reports.tables.event_rates import event_rates
from reports.tables.follow_up import dated_events, follow_up
from reports.tables.listing import MOST_ROWS
from reports.tables.mean_cumulative_events import mean_cumulative_events
from reports.tables.population import population_of
from reports.tables.sae_listing import sae_listing
from reports.tables.time_to_first_event import time_to_first_event
from trials.rules.protocol import parse_protocol

PROTOCOL = Path(__file__).resolve().parents[1] / "protocols" / "stroma-cov-2.toml"
CUTOFF = datetime(2020, 12, 31, tzinfo=UTC)
PREVIOUS = datetime(2020, 5, 14, tzinfo=UTC)
EVENTS_PER_PARTICIPANT = 10
TERMS = 837
CLASSES = 26
LAST_DAY = 28
TARGET_RATIO = 2.0
SEED = 20220226


@dataclass(frozen=True)
class Columns:
    """The columns that a baseline groups: events with arm, window and day.

    Participants with arm and days of follow-up.
    """

    events: pd.DataFrame
    people: pd.DataFrame
    frames: Frames
    further: dict[str, pd.DataFrame]


def main() -> int:
    """Measure every size; print the results."""
    arguments = _arguments()
    plan, previous, worst = _plan(), {}, 0.0
    print(f"{'events':>9} {'table':<24} {'table s':>8} {'yardstick s':>12} {'ratio':>6} {'growth':>7}")
    for size in [10**k for k in range(3, 10) if 10**k <= arguments.largest]:
        started = time.process_time()
        frames = frames_from(further_content(content_of(size), plan.protocol))
        loaded = time.process_time() - started
        columns = loaded_columns(frames)
        shared = _shared(frames, plan)
        worst = 0.0
        for name, (make, yardstick) in every_table().items():
            seconds = _fastest(partial(make, frames, plan), arguments.repeats)
            bare = _fastest(partial(yardstick, columns), arguments.repeats)
            growth = f"x{seconds / previous[name]:.1f}" if name in previous else ""
            print(f"{size:>9} {name:<24} {seconds:>8.3f} {bare:>12.3f} {seconds / bare:>6.2f} {growth:>7}")
            previous[name], worst = seconds, max(worst, seconds / bare)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{size:>9} population, windows and follow-up, which the tables share: {shared:.3f} s")
        print(f"{size:>9} loaded in {loaded:.2f} s, peak {peak:.0f} MB, worst ratio {worst:.2f}")
    return int(worst > TARGET_RATIO)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--largest", type=int, default=1_000_000, help="number of events of the largest size")
    parser.add_argument("--repeats", type=int, default=3, help="runs per size; the fastest counts")
    return parser.parse_args()


def _shared(frames: Frames, plan: TablePlan) -> float:
    """Compute the columns that the tables share, once, as a report does; seconds."""
    started = time.process_time()
    population = population_of(frames, plan)
    followed = follow_up(frames, population, plan)
    dated_events(frames, population, followed, plan)
    return time.process_time() - started


def _plan() -> TablePlan:
    protocol = parse_protocol(tomllib.loads(PROTOCOL.read_text()))
    arms = (CodedArm("A", is_reference=False), CodedArm("B", is_reference=True))
    return TablePlan(protocol, arms, previous_cutoff_at=PREVIOUS, data_cutoff_at=CUTOFF)


def _fastest(work: Callable[[], Any], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        _exact_p_value.cache_clear()  # otherwise the second run would find the cached one
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def content_of(events: int) -> dict[str, Any]:
    """A snapshot's content by column: so many events, a tenth as many participants."""
    random = np.random.default_rng(SEED)
    people = max(events // EVENTS_PER_PARTICIPANT, 2)
    codes = [f"{i:06}" for i in range(people)]
    who = random.integers(0, people, events)
    return {
        "participants": {
            "participant": codes,
            "site": [f"{i % 10:02}" for i in range(people)],
            "arm": ["AB"[i % 2] for i in range(people)],
            "treated": [i % 20 != 0 for i in range(people)],
            "died": [i % 10 == 3 for i in range(people)],
            "death_day": [i % LAST_DAY + 1 if i % 10 == 3 else None for i in range(people)],
            "withdrawn_at": ["2020-04-20T00:00:00Z" if i % 25 == 7 else None for i in range(people)],
            "day0": ["2020-04-06"] * people,
            "enrolled_at": ["2020-04-06T08:00:00Z"] * people,
        },
        "deaths": {
            "participant": codes[3::10],
            "study_day": [i % LAST_DAY + 1 for i in range(3, people, 10)],
            "cause": ["ARDS"] * len(codes[3::10]),
        },
        "adverse_events": {
            "participant": [codes[i] for i in who],
            "event": list(range(events)),
            **_answers(events),
        },
    }


def _answers(events: int) -> dict[str, list[Any]]:
    """Terms with the long tail that real events have; some answers missing."""
    random = np.random.default_rng(SEED + 1)
    term = np.minimum(random.geometric(0.01, events), TERMS) - 1
    day = random.integers(-2, 35, events).tolist()
    return {
        "soc": [f"Class {i % CLASSES:02}" for i in term],
        "term": [f"Term {i:03}" for i in term],
        "grade": [None if g == 0 else int(g) for g in random.integers(0, 6, events)],
        "severity": random.choice(["MILD", "MODERATE", "SEVERE"], events).tolist(),
        "serious": (random.random(events) < 0.2).tolist(),
        "causality": random.choice(["POSSIBLE", "OTHER_DISEASE", "UNDETERMINED"], events).tolist(),
        "onset_earliest_day": day,
        "onset_latest_day": day,
    }


def loaded_columns(frames: Frames) -> Columns:
    """Arm, window and follow-up are computed before: the baseline does not include them."""
    people = frames.participants.set_index("participant")
    people["end"] = people["death_day"].astype(float).fillna(LAST_DAY).clip(upper=LAST_DAY)
    people.loc[people["withdrawn_at"].notna(), "end"] = np.minimum(14, people["end"])
    events = frames.adverse_events
    kept = ["participant", "soc", "term", "grade", "severity", "serious", "causality"]
    columns = events[kept].assign(
        arm=people["arm"].reindex(events["participant"]).to_numpy(),
        treated=people["treated"].reindex(events["participant"]).to_numpy(dtype=bool),
        window=pd.cut(events["onset_latest_day"].astype(float), [-0.5, 14.5, 28.5], labels=["early", "late"]),
        day=events["onset_latest_day"].astype("int64"),
        is_followed=(events["onset_latest_day"].astype(float).to_numpy()
                     <= people["end"].reindex(events["participant"]).to_numpy()),
    )  # fmt: skip
    columns["arm"] = columns["arm"].astype("category")
    treated = people[people["treated"].astype(bool)].reset_index()
    windowed = columns[columns["treated"] & columns["window"].notna()]
    return Columns(windowed, treated, frames, _further(frames, people["arm"], windowed))


def _further(frames: Frames, arms: pd.Series, windowed: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Every frame, with the arm of its participants."""
    further = {"windowed": windowed.assign(**{
        name: frames.adverse_events[name].reindex(windowed.index) for name in (*CRITERIA, "action_taken", "outcome")
    })}  # fmt: skip
    for name in SCHEMAS:
        frame = getattr(frames, name)
        has_people = "participant" in frame and name != "participants"
        further[name] = (
            frame.assign(arm=arms.reindex(frame["participant"]).to_numpy()) if has_people else frame
        )
        if has_people:
            further[name]["arm"] = further[name]["arm"].astype("category")
    return further


def overview(columns: Columns) -> list[Any]:
    """Participants and events per window, distributions, worst grades."""
    events = columns.events
    serious = events[events["serious"].fillna(False)]
    worst = events.groupby(["window", "arm", "participant"], observed=True)["grade"].max()
    return [
        events.groupby(["window", "arm"], observed=True)["participant"].nunique(),
        serious.groupby(["window", "arm"], observed=True)["participant"].nunique(),
        events.groupby(["window", "arm"], observed=True).size(),
        serious.groupby(["window", "arm"], observed=True).size(),
        *(
            events.groupby(["window", "arm", name], observed=True, dropna=False).size()
            for name in ("severity", "grade", "causality")
        ),
        worst.groupby(level=["window", "arm"], observed=True).value_counts(dropna=False),
    ]


def terms(columns: Columns) -> list[Any]:
    """Participants and events, any, per class, per term."""
    found: list[Any] = []
    for names in (["arm"], ["arm", "soc"], ["arm", "soc", "term"]):
        groups = columns.events.groupby(names, observed=True)
        found += [groups["participant"].nunique(), groups.size()]
    return found


def dead(columns: Columns) -> list[Any]:
    """The dead per arm, window and day, and their listing."""
    people = columns.people
    died = people[people["died"].astype(bool)]
    return [
        died.groupby("arm", observed=True).size(),
        died.groupby(
            ["arm", pd.cut(died["death_day"].astype(float), [-0.5, 14.5, 28.5])], observed=True
        ).size(),
        people.groupby(["arm", "end"], observed=True).size(),
        died.groupby(["arm", "death_day"], observed=True).size(),
        columns.frames.deaths[["participant", "study_day", "died_text", "cause", "fatal_event"]].to_dict(
            "records"
        ),
    ]


def kinds(columns: Columns) -> list[pd.DataFrame]:
    """The followed events: any, serious, of grade 3 or more."""
    events = columns.events[columns.events["is_followed"]]
    return [events, events[events["serious"].fillna(False)], events[(events["grade"] >= 3).fillna(False)]]


def first(columns: Columns) -> list[Any]:
    """The first day of each kind per participant, and how many fall on each day per arm."""
    found: list[Any] = []
    for events in kinds(columns):
        days = events.groupby(["arm", "participant"], observed=True)["day"].min()
        found.append(days.groupby(level="arm", observed=True).value_counts())
    return found


def rates(columns: Columns) -> list[Any]:
    """Per kind the first days and their sum, the events, and the days of follow-up, per arm."""
    found: list[Any] = [columns.people.groupby("arm", observed=True)["end"].sum()]
    for events in kinds(columns):
        days = events.groupby(["arm", "participant"], observed=True)["day"].min()
        found += [days.groupby(level="arm", observed=True).agg(["size", "sum"])]
        found += [events.groupby("arm", observed=True).size()]
    return found


def means(columns: Columns) -> list[Any]:
    """Per kind the events per arm and day, and per participant with their squares, which the variance needs."""
    found: list[Any] = [columns.people.groupby(["arm", "end"], observed=True).size()]
    for events in kinds(columns):
        found.append(events.groupby(["arm", "day"], observed=True).size())
        counts = events.groupby(["arm", "participant"], observed=True).size()
        found.append((counts**2).groupby(level="arm", observed=True).sum())
    return found


def serious_lines(columns: Columns) -> list[Any]:
    """The serious events as plain values."""
    events = columns.frames.adverse_events
    serious = events[events["serious"].fillna(False)].sort_values(["participant", "event"]).head(MOST_ROWS)
    return serious.drop(columns=["verbatim", "onset_earliest_at", "onset_latest_at", "recorded_at"]).to_dict(
        "records"
    )


Measured = dict[str, tuple[Callable[..., Any], Callable[[Columns], list[Any]]]]


def every_table() -> Measured:
    """Each table of the registry with its baseline. Raises SystemExit for one without a baseline."""
    further: Measured = {
        name: (make, lambda columns, bare=bare: bare(columns.further))
        for make in REGISTRY
        for name, bare in FURTHER.items()
        if make.__name__ == name
    }
    missing = {make.__name__ for make in REGISTRY} - {*TABLES, *further, "boundary_characteristics"}
    if missing:
        raise SystemExit(f"no yardstick: {', '.join(sorted(missing))}")
    return {**TABLES, **further}


TABLES: Measured = {
    "ae_overview": (ae_overview, overview),
    "ae_by_soc_term": (ae_by_soc_term, terms),
    "deaths": (deaths, dead),
    "time_to_first_event": (time_to_first_event, first),
    "event_rates": (event_rates, rates),
    "mean_cumulative_events": (mean_cumulative_events, means),
    "sae_listing": (sae_listing, serious_lines),
}
"""Each table with its baseline."""


if __name__ == "__main__":
    sys.exit(main())
