"""The tables of a board report, computed from a snapshot's frames alone.

`closed_tables` gives cells per coded arm and in total, with comparisons; `open_tables` gives totals from frames without
anything sealed. Both have the shape of the specification, ready for JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reports.frames import Frames, opened
from reports.tables.ae_by_soc_term import ae_by_soc_term
from reports.tables.ae_overview import ae_overview
from reports.tables.after_infusion import events_after_infusion
from reports.tables.antibodies import antibodies
from reports.tables.antibodies_by_batch import antibodies_by_batch
from reports.tables.antibody_assays import antibody_assays
from reports.tables.antibody_changes import antibody_changes
from reports.tables.antibody_responses import antibody_responses
from reports.tables.antibody_targets import antibody_targets
from reports.tables.arm_differences import arm_differences
from reports.tables.as_treated import with_as_treated
from reports.tables.baseline import baseline
from reports.tables.boundaries import boundaries
from reports.tables.boundary_characteristics import boundary_characteristics
from reports.tables.changes import changes_since_last_look
from reports.tables.consequences import ae_consequences
from reports.tables.deaths import deaths
from reports.tables.deviations import deviations
from reports.tables.enrolment import enrolment
from reports.tables.event_rates import event_rates
from reports.tables.exposure import exposure
from reports.tables.haemodynamic_course import haemodynamic_course
from reports.tables.haemodynamics import haemodynamics
from reports.tables.maturity import maturity
from reports.tables.mean_cumulative_events import mean_cumulative_events
from reports.tables.new_since_last_look import new_since_last_look
from reports.tables.outcomes import outcomes
from reports.tables.plan import CodedArm, TablePlan
from reports.tables.population import population_of
from reports.tables.profiles import Profiles, profiles
from reports.tables.reconciliation import reconciliation
from reports.tables.sae_listing import sae_listing
from reports.tables.seriousness import ae_seriousness
from reports.tables.strata import ae_by_stratum
from reports.tables.time_to_first_event import time_to_first_event
from reports.tables.timeline import timeline
from reports.tables.unblindings import unblindings
from reports.tables.withholding import without_small_cells

TableMaker = Callable[[Frames, TablePlan], dict[str, Any]]

TABLES: tuple[TableMaker, ...] = (
    enrolment,
    maturity,
    new_since_last_look,
    changes_since_last_look,
    boundaries,
    deaths,
    ae_overview,
    ae_seriousness,
    ae_consequences,
    ae_by_stratum,
    haemodynamics,
    events_after_infusion,
    haemodynamic_course,
    antibodies,
    antibody_responses,
    antibodies_by_batch,
    antibody_changes,
    antibody_targets,
    antibody_assays,
    ae_by_soc_term,
    outcomes,
    time_to_first_event,
    event_rates,
    mean_cumulative_events,
    timeline,
    exposure,
    baseline,
    deviations,
    sae_listing,
    unblindings,
    reconciliation,
    boundary_characteristics,
)
"""Every table of a report; reports/rendering/order.py has the place of each."""

__all__ = [
    "TABLES",
    "CodedArm",
    "TablePlan",
    "arms_summary",
    "closed_profiles",
    "closed_tables",
    "open_profiles",
    "open_tables",
]


def closed_tables(frames: Frames, plan: TablePlan) -> list[dict[str, Any]]:
    """All tables by coded arm and in total; some also as treated, where that differs.

    Raises ValueError when the plan names no arm.
    """
    if plan.is_open:
        raise ValueError("arms: a closed report names at least one coded arm.")
    tables = [make(frames, plan) for make in TABLES]
    return [arm_differences(tables, frames, plan), *with_as_treated(tables, frames, plan)]


def open_tables(frames: Frames, plan: TablePlan) -> list[dict[str, Any]]:
    """All tables in total only; sealed frames and columns are removed before anything is computed."""
    unsealed, plan_without_arms = opened(frames), plan.opened()
    tables = [make(unsealed, plan_without_arms) for make in TABLES]
    return without_small_cells(tables, plan.protocol.small_cells)


def closed_profiles(frames: Frames, plan: TablePlan) -> Profiles:
    """Profiles of participants with a serious event, with their arm and antibodies."""
    return profiles(frames, plan)


def open_profiles(frames: Frames, plan: TablePlan) -> Profiles:
    """The same without anything sealed."""
    return profiles(opened(frames), plan.opened())


def arms_summary(frames: Frames, plan: TablePlan) -> list[dict[str, Any]]:
    """Enrolled and treated per coded arm; for an open plan one entry, the total."""
    population = population_of(frames, plan)
    enrolled, treated = population.count(population.enrolled), population.count(population.treated)
    codes = population.arms or population.columns
    return [
        {"code": code, "enrolled": int(enrolled[i]), "treated": int(treated[i])}
        for i, code in enumerate(codes)
    ]
