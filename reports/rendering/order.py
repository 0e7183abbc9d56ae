"""The order of a decision: which table stands in which section of the report.

A new table needs one line in its section; a table that no section names still appears, in "Further tables". A section
without tables is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Table = Mapping[str, Any]


@dataclass(frozen=True)
class ReportSection:
    """A part of the report: its anchor, its heading, and the ids of its tables in their order."""

    id: str
    title: str
    tables: tuple[str, ...] = ()


SECTIONS: tuple[ReportSection, ...] = (
    ReportSection(
        "progress",
        "Where the trial stands",
        (
            "enrolment",
            "maturity",
            "new_since_last_look",
            "changes_since_last_look",
        ),
    ),
    ReportSection(
        "safety",
        "Safety",
        (
            "boundaries",
            "boundary_characteristics",
            "deaths",
            "deaths_as_treated",
            "ae_overview",
            "ae_overview_as_treated",
            "ae_seriousness",
            "ae_consequences",
            "ae_by_stratum",
            "ae_by_soc_term",
            "ae_by_soc_term_as_treated",
            "time_to_first_event",
            "event_rates",
            "mean_cumulative_events",
        ),
    ),
    ReportSection(
        "infusions",
        "Around the infusions",
        (
            "haemodynamics",
            "events_after_infusion",
            "haemodynamic_course",
        ),
    ),
    ReportSection(
        "immunology",
        "Antibodies",
        (
            "antibodies",
            "antibody_changes",
        ),
    ),
    ReportSection(
        "efficacy",
        "Outcomes",
        ("outcomes",),
    ),
    ReportSection(
        "treatment",
        "Participants and treatment",
        (
            "baseline",
            "exposure",
            "deviations",
            "unblindings",
        ),
    ),
    ReportSection(
        "listings",
        "Listings and data quality",
        (
            "timeline",
            "sae_listing",
            "reconciliation",
        ),
    ),
)

FURTHER = ReportSection("further", "Further tables")
"""Where a table stands that no section names."""


def in_sections(tables: Iterable[Table]) -> tuple[tuple[ReportSection, tuple[Table, ...]], ...]:
    """The tables by section, in the sections' order; what no section names comes last, as it came."""
    by_id = {str(table["id"]): table for table in tables}
    named = {table_id for section in SECTIONS for table_id in section.tables}
    parts = [(section, _found(by_id, section.tables)) for section in SECTIONS]
    parts.append((FURTHER, _found(by_id, [table_id for table_id in by_id if table_id not in named])))
    return tuple((section, found) for section, found in parts if found)


def _found(by_id: Mapping[str, Table], wanted: Sequence[str]) -> tuple[Table, ...]:
    return tuple(by_id[table_id] for table_id in wanted if table_id in by_id)
