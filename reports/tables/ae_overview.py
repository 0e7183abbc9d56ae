"""Adverse events at a glance: the paper's Table 5, computed.

Participants with an event are counted once, whatever their number of events; events are counted separately. Measures,
levels and denominators are those of the specification of the board report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from biostatistics.contingency import TooManyTablesError, distribution_test
from reports.frames import Frames
from reports.tables.event_windows import WindowedEvents, windowed_events
from reports.tables.layout import NO_DENOMINATOR, Table, cells_of, comparisons_of, json_number, measure_key
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, Integers, Population, flags, known, population_of
from trials.rules.protocol import CausalityCategory, EventWindow

MISSING = "MISSING"
"""The level of values that are not recorded: it has a count, no denominator and no percent."""

SEVERITIES = ("MILD", "MODERATE", "SEVERE")
GRADES = ("1", "2", "3", "4", "5")

MEASURES = {
    "participants_with_ae": "Participants with at least one adverse event",
    "ae": "Adverse events",
    "participants_with_sae": "Participants with at least one serious adverse event",
    "sae": "Serious adverse events",
    "ae_by_severity": "Adverse events by severity",
    "ae_by_grade": "Adverse events by CTCAE grade",
    "ae_by_causality": "Adverse events by cause",
    "participants_by_worst_grade": "Participants by their worst CTCAE grade",
}
NOTES = (
    "Percentages of participants are of the treated participants of the arm; a participant counts once.",
    (
        "Adverse events are a share of all events of the window, serious ones of the arm's events; in a "
        "distribution the denominator is the events whose value is recorded."
    ),
    (
        "Limits and p-values of events take them as independent of each other, which events of one participant "
        "are not: read them as descriptive. No figure is adjusted for multiplicity."
    ),
)


def ae_overview(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """The overview of adverse events per window, measure, level and column."""
    population = population_of(frames, plan)
    events = windowed_events(frames, population, plan.protocol.event_windows)
    coded = _coded(frames.adverse_events, plan.protocol.causality)
    table = Table("ae_overview", "Adverse events: overview", "treated", measures=dict(MEASURES))
    table.windows = {window.id: window.label for window in events.windows}
    for distribution in coded.distributions.values():
        table.levels.update(distribution.names)
    for window, inside in zip(events.windows, events.inside, strict=True):
        _fill(table, window, _Slice(coded, events.positions[inside], inside), population)
    table.notes += [*NOTES, *events.notes(), *_seriousness_note(frames, events)]
    return table.as_dict()


@dataclass(frozen=True)
class _Distribution:
    """One recorded property of events: its levels, and the code of each event's level (-1 missing)."""

    levels: tuple[str, ...]
    codes: Integers
    names: Mapping[str, str]

    def key(self, window: EventWindow, measure: str, level: str) -> dict[str, Any]:
        return {**_key(window, measure), "level": level, "label": self.names.get(level, level)}


@dataclass(frozen=True)
class _Coded:
    """The properties of all events, coded once for all windows."""

    serious: Flags
    distributions: Mapping[str, _Distribution]


@dataclass(frozen=True)
class _Slice:
    """The events of one window."""

    coded: _Coded
    positions: Integers
    inside: Flags

    @property
    def serious(self) -> Flags:
        return self.coded.serious[self.inside]


def _coded(events: pd.DataFrame, causality: tuple[CausalityCategory, ...]) -> _Coded:
    causes = {category.code: category.label for category in causality}
    grades = events["grade"].to_numpy(dtype=np.int64, na_value=0) - 1
    return _Coded(
        serious=flags(events["serious"]),
        distributions={
            "ae_by_severity": _words(events["severity"], SEVERITIES, {}),
            "ae_by_grade": _Distribution(GRADES, grades, {}),
            "ae_by_causality": _words(events["causality"], tuple(causes), causes),
        },
    )


def _words(series: pd.Series, levels: tuple[str, ...], names: Mapping[str, str]) -> _Distribution:
    """Words as codes; words that the protocol does not list come after its own, in alphabetical order."""
    strangers = sorted(set(series.cat.categories) - set(levels))
    every = (*levels, *strangers)
    positions = np.append(pd.Index(every, dtype="object").get_indexer(series.cat.categories), -1)
    return _Distribution(every, positions[series.cat.codes.to_numpy()], names)


def _fill(table: Table, window: EventWindow, events: _Slice, population: Population) -> None:
    treated = population.count(population.treated)
    arms = population.arm_index[events.positions]
    who, what = population.count(population.seen(events.positions)), population.count_at(arms)
    serious_who = population.count(population.seen(events.positions[events.serious]))
    serious_what = population.count_at(arms[events.serious])
    table.compare(_key(window, "participants_with_ae"), who, treated, population)
    table.count(_key(window, "ae"), what, np.full_like(what, what[-1]), population)
    table.compare(_key(window, "participants_with_sae"), serious_who, treated, population)
    table.compare(_key(window, "sae"), serious_what, what, population)
    for measure, distribution in events.coded.distributions.items():
        _distribution(table, window, measure, distribution, events, population)
    _worst_grades(table, window, events, population)


def _key(window: EventWindow, measure: str) -> dict[str, Any]:
    return measure_key(measure, window=window.id)


def _distribution(
    table: Table, window: EventWindow, measure: str, distribution: _Distribution,
    events: _Slice, population: Population,
) -> None:  # fmt: skip
    levels = (*distribution.levels, MISSING)
    codes = distribution.codes[events.inside]
    codes = np.where(codes < 0, len(distribution.levels), codes)
    counts = population.count_by(codes, population.arm_index[events.positions], group_count=len(levels))
    recorded = counts[:-1].sum(axis=0)
    denominators = np.vstack(
        [np.tile(recorded, (len(levels) - 1, 1)), np.full_like(recorded, NO_DENOMINATOR)]
    )
    keys = [distribution.key(window, measure, level) for level in levels]
    table.cells += cells_of(keys, counts, denominators, population)
    _compare_distributions(table, _key(window, measure), counts[:-1], population)


def _compare_distributions(
    table: Table, key: dict[str, Any], counts: Integers, population: Population
) -> None:
    """The distributions of each pair of arms; MISSING is left out. A difference has no single number."""
    for i, base in population.pairs:
        p_value, test = _tested(table, key, counts[:, [i, base]].T)
        table.comparisons.append({
            **key, "arm": population.arms[i], "reference": population.arms[base], "risk_difference": None,
            "ci_low": None, "ci_high": None, "ci_method": None, "p_value": p_value, "test": test,
        })  # fmt: skip


def _tested(table: Table, key: dict[str, Any], counts: Integers) -> tuple[float | None, str | None]:
    if not counts.sum():
        return None, None
    try:
        found = distribution_test(counts.tolist())
    except TooManyTablesError as error:
        table.notes.append(f"{key['window']}, {MEASURES[key['measure']]}: no exact p-value, {error}")
        return None, None
    return (None, None) if found is None else (json_number(found.p_value), found.test)


def _worst_grades(table: Table, window: EventWindow, events: _Slice, population: Population) -> None:
    """The highest recorded grade of each participant; MISSING when none of their events has one."""
    grades = events.coded.distributions["ae_by_grade"].codes[events.inside]
    worst = np.full(len(population.participants), -1)
    worst[events.positions] = len(GRADES)
    for grade in range(len(GRADES)):
        worst[events.positions[grades == grade]] = grade
    chosen = worst >= 0
    counts = population.count_by(worst[chosen], population.arm_index[chosen], group_count=len(GRADES) + 1)
    treated = np.tile(population.count(population.treated), (len(GRADES) + 1, 1))
    keys = [{**_key(window, "participants_by_worst_grade"), "level": level} for level in (*GRADES, MISSING)]
    cells = cells_of(keys, counts, treated, population)
    table.cells += [_without_percent(cell) if cell["level"] == MISSING else cell for cell in cells]
    table.comparisons += comparisons_of(keys[:-1], counts[:-1], treated[:-1], population)


def _without_percent(cell: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in cell.items() if name != "zero_upper_limit"}
    return {**kept, "percent": None, "ci_low": None, "ci_high": None}


def _seriousness_note(frames: Frames, events: WindowedEvents) -> list[str]:
    unknown = int((~known(frames.adverse_events["serious"]) & events.anywhere).sum())
    if not unknown:
        return []
    return [
        f"For {unknown} adverse events it is not recorded whether they are serious; none of them counts as serious."
    ]
