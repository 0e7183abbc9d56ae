"""How fast the tables of adverse events are, against bare pandas group-bys of the same loaded columns.

    .venv/bin/python benchmarks/bench_tables.py [--largest 1000000] [--repeats 3]

Prints, from 10^3 events up: the CPU time to load the frames, that of `ae_overview` and `ae_by_soc_term`, the
time of the yardstick (the group-bys that give the same figures, on columns that hold arm and window already),
their ratio, the growth from one size to the next, and the peak of memory. Exit status 1 when the ratio at the
largest size is above the target.
"""

import argparse
import resource
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd

from dsmb.frames import Frames, frames_from
from dsmb.tables import CodedArm, TablePlan
from dsmb.tables.ae_by_soc_term import ae_by_soc_term
from dsmb.tables.ae_overview import ae_overview
from trials.rules.protocol import parse_protocol

PROTOCOL = Path(__file__).resolve().parents[1] / "protocols" / "stroma-cov-2.toml"
EVENTS_PER_PARTICIPANT = 10
TERMS = 837
CLASSES = 26
TARGET_RATIO = 2.0
SEED = 20220226


def main() -> int:
    """Measure every size; say how it went."""
    arguments = _arguments()
    plan = _plan()
    sizes = [10**k for k in range(3, 10) if 10**k <= arguments.largest]
    print(
        f"{'events':>9} {'load s':>8} {'tables s':>9} {'yardstick s':>12} {'ratio':>6} {'growth':>7} {'peak MB':>8}"
    )
    previous = ratio = None
    for size in sizes:
        started = time.process_time()
        frames = frames_from(content_of(size))
        loaded = time.process_time() - started
        tables = _fastest(lambda f=frames: (ae_overview(f, plan), ae_by_soc_term(f, plan)), arguments.repeats)
        columns = loaded_columns(frames)
        yardstick = _fastest(lambda c=columns: group_bys(c), arguments.repeats)
        ratio = tables / yardstick
        growth = "" if previous is None else f"x{tables / previous:.1f}"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{size:>9} {loaded:>8.2f} {tables:>9.3f} {yardstick:>12.3f} {ratio:>6.2f} {growth:>7} {peak:>8.0f}"
        )
        previous = tables
    return int(ratio is not None and ratio > TARGET_RATIO)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--largest", type=int, default=1_000_000, help="number of events of the largest size")
    parser.add_argument("--repeats", type=int, default=3, help="runs per size; the fastest counts")
    return parser.parse_args()


def _plan() -> TablePlan:
    protocol = parse_protocol(tomllib.loads(PROTOCOL.read_text()))
    return TablePlan(protocol, (CodedArm("A", is_reference=False), CodedArm("B", is_reference=True)))


def _fastest(work: Callable[[], Any], repeats: int) -> float:
    times = []
    for _ in range(repeats):
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
            "died": [False] * people,
            "enrolled_at": ["2020-04-06T08:00:00Z"] * people,
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


def loaded_columns(frames: Frames) -> pd.DataFrame:
    """The columns that the figures need, with arm and window found already: the yardstick does not pay for them."""
    people = frames.participants.set_index("participant")
    events = frames.adverse_events
    kept = ["participant", "soc", "term", "grade", "severity", "serious", "causality"]
    columns = events[kept].assign(
        arm=people["arm"].reindex(events["participant"]).to_numpy(),
        treated=people["treated"].reindex(events["participant"]).to_numpy(dtype=bool),
        window=pd.cut(events["onset_latest_day"].astype(float), [-0.5, 14.5, 28.5], labels=["early", "late"]),
    )
    columns["arm"] = columns["arm"].astype("category")
    return columns[columns["treated"] & columns["window"].notna()]


def group_bys(columns: pd.DataFrame) -> list[Any]:
    """The figures of both tables, each by a bare group-by."""
    serious = columns[columns["serious"].fillna(False)]
    worst = columns.groupby(["window", "arm", "participant"], observed=True)["grade"].max()
    return [
        columns.groupby(["window", "arm"], observed=True)["participant"].nunique(),
        serious.groupby(["window", "arm"], observed=True)["participant"].nunique(),
        columns.groupby(["window", "arm"], observed=True).size(),
        serious.groupby(["window", "arm"], observed=True).size(),
        *(
            columns.groupby(["window", "arm", name], observed=True, dropna=False).size()
            for name in ("severity", "grade", "causality")
        ),
        worst.groupby(level=["window", "arm"], observed=True).value_counts(dropna=False),
        *_terms(columns),
    ]


def _terms(columns: pd.DataFrame) -> list[Any]:
    found: list[Any] = []
    for names in (["arm"], ["arm", "soc"], ["arm", "soc", "term"]):
        groups = columns.groupby(names, observed=True)
        found += [groups["participant"].nunique(), groups.size()]
    return found


if __name__ == "__main__":
    sys.exit(main())
