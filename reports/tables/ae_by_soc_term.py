"""Adverse events by system organ class and term: participants and events, in separate counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from biostatistics.discoveries import FALSE_DISCOVERY_RATE, double_false_discovery
from reports.frames import Frames
from reports.tables.event_windows import windowed_events
from reports.tables.layout import Cell, Table, cells_of, comparisons_of, json_number, measure_key
from reports.tables.plan import TablePlan
from reports.tables.population import Integers, Population, population_of

UNCODED = "UNCODED"
"""The class or term of an event that has none recorded."""

NOTES = (
    (
        "Events that fall in at least one of the protocol's windows. A participant counts once in a row, and may "
        "count in several rows: rows of participants do not add up."
    ),
    (
        "Participants are a share of the treated participants of the arm, events of the arm's events; limits of "
        "shares of events take events as independent and are nominal."
    ),
)
FLAG_NOTES = (
    (
        f"† Flagged: terms whose class and who themselves within it have a p-value of at most {FALSE_DISCOVERY_RATE:.2f} "
        "after adjustment (double false discovery rate, Mehrotra and Heyse 2004). A flag asks for a second look; it proves "
        "nothing, and no flag proves no harm. Intervals and the p-values printed are not adjusted."
    ),
)


def ae_by_soc_term(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Participants and events per class and term, classes and terms in alphabetical order.

    A row with `term` null is its class, with both null any event. Comparisons are of participants.
    """
    population = population_of(frames, plan)
    events = windowed_events(frames, population, plan.protocol.event_windows)
    inside = events.anywhere
    coding = _coding(_with_own_words(frames.adverse_events), inside)
    counts = _counted(coding, events.positions[inside], population)
    table = Table("ae_by_soc_term", "Adverse events by system organ class and term", "treated")
    table.measures = {"participants": "Participants", "events": "Events"}
    _fill(table, coding.keys(), counts, population)
    table.notes += [*NOTES, *([] if population.reference is None else FLAG_NOTES), *events.notes()]
    return table.as_dict()


def _with_own_words(events: pd.DataFrame) -> pd.DataFrame:
    """Class and term; an event without a term has its reported words, where these may be shown."""
    texts = events[["soc", "term"]]
    own = events["verbatim"]
    if not (texts["term"].isna() & own.notna()).any():
        return texts
    words = texts["term"].astype("object").where(texts["term"].notna(), own.astype("object"))
    return texts.assign(term=words.astype("category"))


@dataclass(frozen=True)
class _Coding:
    """The pairs (class, term) that occur, and the pair of each event; `soc_of_pair` indexes `socs`."""

    socs: tuple[str, ...]
    terms: tuple[str, ...]
    soc_of_pair: Integers
    pairs: Integers

    def keys(self) -> list[Cell]:
        """The rows in order: any, then each class before its terms."""
        rows: list[Cell] = [{"soc": None, "term": None}]
        for index, soc in enumerate(self.socs):
            rows.append({"soc": soc, "term": None})
            rows += [{"soc": soc, "term": self.terms[p]} for p in np.flatnonzero(self.soc_of_pair == index)]
        return rows

    def order(self) -> Integers:
        """From the stacked blocks [any, classes, pairs] to the order of `keys`."""
        blocks = [np.zeros(1, dtype=np.int64)]
        for index in range(len(self.socs)):
            pairs = np.flatnonzero(self.soc_of_pair == index)
            blocks += [np.array([1 + index]), 1 + len(self.socs) + pairs]
        return np.concatenate(blocks)


@dataclass(frozen=True)
class _Counts:
    """Rows x columns, in the order of the keys."""

    participants: Integers
    events: Integers


def _coding(texts: pd.DataFrame, inside: np.ndarray) -> _Coding:
    """The distinct pairs in alphabetical order; missing classes and terms are a row of their own."""
    soc, soc_words = _codes(texts["soc"], inside)
    term, term_words = _codes(texts["term"], inside)
    width = max(len(term_words), 1)
    present, pairs = _ranked(soc * width + term, len(soc_words) * width)
    used, soc_of_pair = _ranked(present // width, len(soc_words))
    return _Coding(
        socs=tuple(soc_words[i] for i in used),
        terms=tuple(term_words[i] for i in present % width),
        soc_of_pair=soc_of_pair,
        pairs=pairs,
    )


def _codes(series: pd.Series, inside: np.ndarray) -> tuple[Integers, list[str]]:
    """The codes of the words inside; categories are in alphabetical order, missing values last."""
    words = [*series.cat.categories, UNCODED]
    codes = series.cat.codes.to_numpy()[inside].astype(np.int64)
    return np.where(codes < 0, len(words) - 1, codes), words


def _ranked(values: Integers, size: int) -> tuple[Integers, Integers]:
    """The distinct values in order, and the rank of each value among them."""
    is_present = np.bincount(values, minlength=size) > 0
    present = np.flatnonzero(is_present)
    rank = np.cumsum(is_present) - 1
    return present, rank[values]


def _counted(coding: _Coding, positions: Integers, population: Population) -> _Counts:
    arms = population.arm_index[positions]
    pair_count, soc_count = len(coding.terms), len(coding.socs)
    by_pair = population.count_by(coding.pairs, arms, group_count=pair_count)
    by_soc = _summed(by_pair, coding.soc_of_pair, soc_count)
    people = len(population.participants)
    pairs, pair_people = _distinct(coding.pairs, positions, people)
    socs, soc_people = _distinct(coding.soc_of_pair[pairs], pair_people, people)
    anyone = np.flatnonzero(population.seen(soc_people))
    who = np.vstack([
        population.count_at(population.arm_index[anyone])[None, :],
        population.count_by(socs, population.arm_index[soc_people], group_count=soc_count),
        population.count_by(pairs, population.arm_index[pair_people], group_count=pair_count),
    ])  # fmt: skip
    what = np.vstack([by_pair.sum(axis=0)[None, :], by_soc, by_pair])
    order = coding.order()
    return _Counts(participants=who[order], events=what[order])


def _summed(by_pair: Integers, soc_of_pair: Integers, soc_count: int) -> Integers:
    sums = np.zeros((soc_count, by_pair.shape[1]), dtype=np.int64)
    np.add.at(sums, soc_of_pair, by_pair)
    return sums


def _distinct(groups: Integers, positions: Integers, people: int) -> tuple[Integers, Integers]:
    """The distinct (group, participant) pairs: a participant counts once in a group."""
    combined = pd.unique(groups * max(people, 1) + positions)
    return combined // max(people, 1), combined % max(people, 1)


def _fill(table: Table, keys: list[Cell], counts: _Counts, population: Population) -> None:
    who = [{**measure_key("participants"), **key} for key in keys]
    what = [{**measure_key("events"), **key} for key in keys]
    treated = np.tile(population.count(population.treated), (len(keys), 1))
    every_event = np.tile(counts.events[0], (len(keys), 1))
    table.cells += cells_of(who, counts.participants, treated, population)
    table.cells += cells_of(what, counts.events, every_event, population)
    comparisons = comparisons_of(who, counts.participants, treated, population)
    table.comparisons += _flagged(comparisons, len(population.pairs))


def _flagged(comparisons: list[Cell], pairs: int) -> list[Cell]:
    """Each comparison of a term with its adjusted p-values and its flag; each pair of arms is a family."""
    for pair in range(pairs):
        terms = [c for c in comparisons[pair::pairs] if c["term"] is not None]
        classes = {soc: place for place, soc in enumerate(dict.fromkeys(c["soc"] for c in terms))}
        p_values = np.array([np.nan if c["p_value"] is None else c["p_value"] for c in terms])
        found = double_false_discovery(p_values, np.array([classes[c["soc"]] for c in terms], dtype=np.int64))
        values = zip(terms, found.within_class, found.of_class, found.is_flagged.tolist(), strict=True)
        for comparison, within, of_class, is_flagged in values:
            comparison |= {
                "p_adjusted": json_number(within),
                "p_adjusted_class": json_number(of_class),
                "fdr_flag": is_flagged,
            }
    return comparisons
