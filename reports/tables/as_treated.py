"""Adverse events and deaths again by the received arm, where a participant received another arm than the allocated.

ICH E9 section 5.2: efficacy is by the allocation, safety by the treatment received. Both are shown, and both are named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from reports.frames import Frames
from reports.tables.ae_by_soc_term import ae_by_soc_term
from reports.tables.ae_overview import ae_overview
from reports.tables.deaths import deaths
from reports.tables.plan import TablePlan

MAKERS: tuple[Callable[[Frames, TablePlan], dict[str, Any]], ...] = (deaths, ae_overview, ae_by_soc_term)
ALLOCATED, TREATED = "as allocated", "as treated"
NOTE = (
    "By the arm received: {n} participants received another arm than the one allocated. Whoever has no other arm on record "
    "stands under the arm allocated."
)


def with_as_treated(
    tables: Sequence[dict[str, Any]], frames: Frames, plan: TablePlan
) -> list[dict[str, Any]]:
    """The tables, each followed by the same as treated, both with their `basis`.

    Unchanged where all received their arm.
    """
    count = int(frames.participants["received_arm"].notna().sum())
    if plan.is_open or not count:
        return list(tables)
    treated = _as_treated(frames)
    again = {table["id"]: table for table in (make(treated, plan) for make in MAKERS)}
    shown: list[dict[str, Any]] = []
    for table in tables:
        other = again.get(table["id"])
        shown += [table] if other is None else [{**table, "basis": ALLOCATED}, _named(other, count)]
    return shown


def _as_treated(frames: Frames) -> Frames:
    """The frames with the arm received in the place of the arm allocated."""
    people = frames.participants
    allocated, received = people["arm"].astype("object"), people["received_arm"].astype("object")
    arms = pd.Series(pd.Categorical(received.where(received.notna(), allocated)), index=people.index)
    return replace(frames, participants=people.assign(arm=arms))


def _named(table: dict[str, Any], count: int) -> dict[str, Any]:
    return {
        **table,
        "id": f"{table['id']}_as_treated",
        "title": f"{table['title']}, as treated",
        "basis": TREATED,
        "notes": [NOTE.format(n=count), *table["notes"]],
    }
