"""Death by the day of vital status, with every denominator named: the known, the treated, the enrolled."""

from __future__ import annotations

from assessments.rules import vital_status
from reports.tables.layout import Table, measure_key
from reports.tables.outcomes.courses import Analysed
from reports.tables.population import Flags, Population
from trials.rules.protocol import OutcomePlan

WINDOW = "vital_status"


def add_mortality(table: Table, analysed: Analysed, population: Population, plan: OutcomePlan) -> None:
    """The dead over those whose status is known, over all treated, over all enrolled.

    The unknown beside them.
    """
    day = plan.vital_status_day
    table.windows[WINDOW] = f"By day {day}"
    table.measures |= _labels(day)
    status = vital_status(analysed.every, day=day)
    dead, known = status.dead, status.known
    treated, enrolled = population.treated, population.enrolled
    for measure, chosen in (
        ("deaths_of_known", treated & known),
        ("deaths_of_treated", treated),
        ("deaths_of_enrolled_known", enrolled & known),
        ("deaths_of_enrolled", enrolled),
    ):
        table.compare(
            measure_key(measure, window=WINDOW),
            population.count(dead & chosen),
            population.count(chosen),
            population,
        )
    _add_unknown(table, treated & ~known, analysed.every.over(day), population)
    table.notes.append(
        f"Status on day {day} is known for the dead, and for who was seen alive on that day or later. Whoever is not "
        "known is in no denominator of the known and is never counted as alive; over all treated or enrolled the "
        "percentage is therefore the lowest that is possible."
    )
    table.note_if(
        int((treated & ~known & ~analysed.every.over(day)).sum()),
        f"For {{n}} treated participants day {day} still lies ahead. The dead of their time are among the known already, "
        "the living not yet: until then the share of the known is too high. The curve in the table of deaths allows for it.",
    )


def _labels(day: int) -> dict[str, str]:
    return {
        "deaths_of_known": f"Dead by day {day}, of the treated whose status is known",
        "deaths_of_treated": f"Dead by day {day}, of all treated",
        "deaths_of_enrolled_known": f"Dead by day {day}, of the enrolled whose status is known",
        "deaths_of_enrolled": f"Dead by day {day}, of all enrolled",
        "status_not_reached": f"Treated, day {day} not over yet, not known to be dead",
        "status_unknown": f"Treated, day {day} over, status not known",
    }


def _add_unknown(table: Table, unknown: Flags, over: Flags, population: Population) -> None:
    below = population.count(population.treated)
    for measure, chosen in (("status_not_reached", unknown & ~over), ("status_unknown", unknown & over)):
        table.count(measure_key(measure, window=WINDOW), population.count(chosen), below, population)
