"""The protocol's outcomes: oxygenation, organ failure, days free, death by the day of vital status.

Every value is marked as measured or imputed, with the rule. A day counts for a participant once it is over at the data
cut-off; a value that is not known by then is missing, never zero and never alive.
"""

from __future__ import annotations

from typing import Any

from assessments.rules import filled_courses
from reports.frames import Frames
from reports.tables.layout import Table
from reports.tables.outcomes.courses import Analysed, analysed_of, courses_of
from reports.tables.outcomes.free_days import add_free_days
from reports.tables.outcomes.mortality import add_mortality
from reports.tables.outcomes.organs import add_sofa, name_sofa
from reports.tables.outcomes.oxygenation import add_oxygenation, name_oxygenation, window_id
from reports.tables.plan import TablePlan
from reports.tables.population import Population, population_of
from trials.rules.protocol import OutcomePlan

__all__ = ["outcomes"]


def outcomes(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Death first, then the primary outcome, then the course of the organs and the days free."""
    results = plan.protocol.outcomes
    table = Table("outcomes", "Results", results.analysis.population if results else "treated")
    if results is None:
        table.notes.append("The protocol asks for no results.")
        return table.as_dict()
    population = population_of(frames, plan)
    analysed = analysed_of(courses_of(frames, population, results), population, results.analysis.population)
    add_mortality(table, analysed, population, results)
    if frames.daily_assessments.empty:
        table.notes.append("No daily assessment was recorded up to the data cut-off.")
        return table.as_dict()
    _add_course(table, frames, analysed, population, results)
    add_free_days(table, analysed, population, results)
    return table.as_dict()


def _add_course(
    table: Table, frames: Frames, analysed: Analysed, population: Population, results: OutcomePlan
) -> None:
    """Oxygenation and organs, day by day."""
    name_oxygenation(table, results)
    name_sofa(table)
    filled = filled_courses(analysed.courses, days=results.course_days, rule=results.imputation)
    for day in results.course_days:
        table.windows[window_id(day)] = f"Day {day}"
        add_oxygenation(
            table, frames, day=day, filled=filled, analysed=analysed, population=population, plan=results
        )
        add_sofa(table, day, analysed, population)
