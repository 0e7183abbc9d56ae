"""Every figure of a report, in the report's order: one line each."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from reports.rendering.figures.antibodies import draw_antibodies, draw_slopes
from reports.rendering.figures.course import draw_course
from reports.rendering.figures.daily_course import draw_daily_course
from reports.rendering.figures.death_curve import draw_death_curve
from reports.rendering.figures.drawing import Drawing, Pair
from reports.rendering.figures.enrolment import draw_enrolment
from reports.rendering.figures.events import draw_terms
from reports.rendering.figures.first_events import draw_first_events
from reports.rendering.figures.grades import draw_grades
from reports.rendering.figures.mean_events import draw_mean_events
from reports.rendering.figures.swimmer import draw_swimmer
from reports.rendering.figures.volcano import draw_volcano
from reports.rendering.grids import comparison_pairs

Table = Mapping[str, Any]


@dataclass(frozen=True)
class FigureMaterial:
    """The input of figures: the report's tables by id, its coded arms, looks and cut-off."""

    tables: Mapping[str, Table]
    arms: tuple[str, ...]
    looks: tuple[int, ...]
    cutoff: date

    def table(self, table_id: str) -> Table:
        """The table, or an empty one when the report has none of that id."""
        return self.tables.get(table_id, {})


FigureMaker = Callable[[FigureMaterial], Drawing | tuple[Drawing, ...] | None]
"""Gives one figure, one for each pair of arms, or None when there is nothing to draw."""


def _of_each_pair(table: Table, draw: Callable[[Pair | None], Drawing | None]) -> tuple[Drawing, ...]:
    """A figure for each pair of arms that the table compares; one without a pair where it compares none."""
    pairs: list[Pair | None] = [*comparison_pairs(table)]
    drawn = (draw(pair) for pair in pairs or [None])
    return tuple(drawing for drawing in drawn if drawing is not None)


def _enrolment(material: FigureMaterial) -> Drawing | None:
    return draw_enrolment(material.table("enrolment"), looks=material.looks, cutoff=material.cutoff)


def _terms(material: FigureMaterial) -> tuple[Drawing, ...]:
    table, arms = material.table("ae_by_soc_term"), list(material.arms)
    return _of_each_pair(table, lambda pair: draw_terms(table, arms=arms, pair=pair))


def _grades(material: FigureMaterial) -> Drawing | None:
    return draw_grades(material.table("ae_overview"))


def _oxygenation(material: FigureMaterial) -> Drawing | None:
    return draw_daily_course(
        material.table("outcomes"), measure="pf_ratio", name="PaO2/FiO2, mmHg", arms=list(material.arms)
    )


def _organ_failure(material: FigureMaterial) -> Drawing | None:
    return draw_daily_course(
        material.table("outcomes"), measure="sofa_total", name="SOFA total, points", arms=list(material.arms)
    )


def _death_curve(material: FigureMaterial) -> Drawing | None:
    return draw_death_curve(material.table("deaths"), arms=list(material.arms))


def _volcano(material: FigureMaterial) -> tuple[Drawing, ...]:
    table = material.table("ae_by_soc_term")
    return _of_each_pair(table, lambda pair: draw_volcano(table, pair))


def _first_events(material: FigureMaterial) -> Drawing | None:
    return draw_first_events(material.table("time_to_first_event"), arms=list(material.arms))


def _mean_events(material: FigureMaterial) -> Drawing | None:
    return draw_mean_events(material.table("mean_cumulative_events"), arms=list(material.arms))


def _course(material: FigureMaterial) -> Drawing | None:
    return draw_course(material.table("haemodynamic_course"))


def _slopes(material: FigureMaterial) -> Drawing | None:
    return draw_slopes(material.table("antibody_changes"), arms=list(material.arms))


def _antibodies(material: FigureMaterial) -> Drawing | None:
    return draw_antibodies(material.table("antibodies"), arms=list(material.arms))


def _swimmer(material: FigureMaterial) -> Drawing | None:
    return draw_swimmer(material.table("timeline"))


FRONT_FIGURES: tuple[FigureMaker, ...] = (_enrolment,)
"""Those of page one, beside the figures that answer the questions."""

FIGURES: tuple[FigureMaker, ...] = (
    _death_curve,
    _terms,
    _volcano,
    _grades,
    _oxygenation,
    _organ_failure,
    _first_events,
    _mean_events,
    _course,
    _antibodies,
    _slopes,
    _swimmer,
)
"""Those that follow page one, in their order: one line each."""


def drawings(material: FigureMaterial, makers: Iterable[FigureMaker] = FIGURES) -> tuple[Drawing, ...]:
    """The figures with content."""
    found: list[Drawing] = []
    for make in makers:
        drawn = make(material)
        found += drawn if isinstance(drawn, tuple) else [drawn] if drawn is not None else []
    return tuple(found)
