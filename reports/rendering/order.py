"""The order of the report: one section per question with its figures and tables, and their appendix.

A new table needs one line in its section; a table in no section still appears, in "Further tables" of the appendix. A
table of more than `MOST_MAIN_LINES` lines is always in the appendix. A section without content is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Table = Mapping[str, Any]

MOST_MAIN_LINES = 70
"""Of one table in the main part (own choice): what one sheet of paper has room for."""


@dataclass(frozen=True)
class ReportSection:
    """A part of the report: its anchor, its heading, and the ids of its tables and figures.

    Those of the main part, and of its tables in the appendix; every other figure stands there beside its table.
    `question` is the id of the question that it answers.
    """

    id: str
    title: str
    tables: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    appendix: tuple[str, ...] = ()
    question: str = ""

    @property
    def every_table(self) -> tuple[str, ...]:
        """Main part and appendix."""
        return (*self.tables, *self.appendix)


SECTIONS: tuple[ReportSection, ...] = (
    ReportSection(
        "corrections",
        "What this version corrects",
        ("version_changes", "moved_figures"),
        question="corrections",
    ),
    ReportSection(
        "differences",
        "What differs between the arms",
        ("arm_differences",),
    ),
    ReportSection(
        "deaths",
        "Are more people dying?",
        ("deaths",),
        ("figure-death-curve",),
        ("deaths_as_treated",),
        question="deaths",
    ),
    ReportSection(
        "safety",
        "Are more having serious events?",
        ("boundaries", "ae_overview", "ae_consequences", "sae_listing"),
        ("figure-terms", "figure-grades"),
        (
            "boundary_characteristics",
            "ae_overview_as_treated",
            "ae_seriousness",
            "ae_by_stratum",
            "ae_by_soc_term",
            "ae_by_soc_term_as_treated",
            "time_to_first_event",
            "event_rates",
            "mean_cumulative_events",
        ),
        question="serious",
    ),
    ReportSection(
        "infusions",
        "Does anything happen around the infusions?",
        ("haemodynamics", "events_after_infusion"),
        ("figure-course",),
        ("haemodynamic_course",),
        question="infusions",
    ),
    ReportSection(
        "immunology",
        "Are people being immunised?",
        ("antibodies",),
        ("figure-slopes",),
        (
            "antibody_responses",
            "antibodies_by_batch",
            "antibody_changes",
            "antibody_targets",
            "antibody_assays",
        ),
        question="immunised",
    ),
    ReportSection(
        "efficacy",
        "Outcomes",
        ("outcomes",),
        ("figure-pf-ratio",),
    ),
    ReportSection(
        "progress",
        "Where the trial stands",
        ("enrolment", "maturity", "baseline", "unblindings", "changes_since_last_look", "reconciliation"),
        (),
        ("new_since_last_look", "exposure", "deviations", "timeline"),
    ),
)

FURTHER = ReportSection("further", "Further tables")
"""The place of a table that is in no section."""


def in_sections(tables: Iterable[Table]) -> tuple[tuple[ReportSection, tuple[Table, ...]], ...]:
    """The tables by section, main part and appendix together; tables in no section come last, in their order."""
    by_id = {str(table["id"]): table for table in tables}
    named = {table_id for section in SECTIONS for table_id in section.every_table}
    parts = [(section, _found(by_id, section.every_table)) for section in SECTIONS]
    parts.append((FURTHER, _found(by_id, [table_id for table_id in by_id if table_id not in named])))
    return tuple((section, found) for section, found in parts if found)


def is_main_figure(section: ReportSection, figure_id: str) -> bool:
    """Whether the figure, or the same figure of a further pair of arms, belongs to the main part."""
    return any(figure_id == own or figure_id.startswith(f"{own}-") for own in section.figures)


def _found(by_id: Mapping[str, Table], wanted: Sequence[str]) -> tuple[Table, ...]:
    return tuple(by_id[table_id] for table_id in wanted if table_id in by_id)
