"""Reading the criteria of the haemodynamic plan: variables, thresholds, comparisons and durations."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

from trials.rules.protocol.haemodynamics import (
    WITH_PARTS,
    Combinator,
    Criterion,
    CriterionKind,
    CriterionPart,
    Operator,
    Semantics,
)
from trials.rules.protocol.reading import ProtocolTable

VASOPRESSOR_UNITS = ("ug/min", "ug/kg/min", "mg/h", "U/min")
AGENTS = ("norepinephrine", "epinephrine", "phenylephrine", "dopamine", "vasopressin")
PART_UNITS = {
    "respiratory": {"fio2_fraction": "fraction", "peep_cmh2o": "cmH2O", "spo2_percent": "%"},
    "vital_signs": {
        "map_mmhg": "mmHg",
        "sbp_mmhg": "mmHg",
        "dbp_mmhg": "mmHg",
        "heart_rate_bpm": "bpm",
        "spo2_percent": "%",
        "respiratory_rate_min": "/min",
        "temperature_c": "Cel",
    },
}
"""The possible variables of a part, by the criterion's kind: the fields of a reading, each with its unit."""
FALLS = ("<", "<=")
ABSOLUTE = tuple(name for name in get_args(Semantics) if not name.endswith("_percent"))
"""Semantics in the unit of the value: what a rate or a number of vasopressors is compared by."""
SUPPORTS = ("invasive", "non_invasive", "high_flow", "oxygen", "none")
RECORDED = {
    "rhythm": ("ventricular_tachycardia", "ventricular_fibrillation", "asystole", "cardioversion"),
    "outcome": ("cardiac_arrest", "death"),
    "other": ("incompatibility", "infusion_related_infection"),
}


def read_criterion(table: ProtocolTable) -> Criterion:
    """One criterion, with the keys that its kind needs."""
    kind = table.choice("kind", get_args(CriterionKind))
    criterion = Criterion(
        id=table.code("id"),
        label=table.text("label"),
        kind=kind,
        window_hours=table.number("window_hours", "0.25", "168"),
        source=table.text("source"),
    )
    if kind in RECORDED:
        return _with_recorded(table, criterion)
    measured = _with_parts(table, criterion) if kind in WITH_PARTS else _with_threshold(table, criterion)
    return replace(measured, sustained_minutes=_sustained(table, criterion))


def _sustained(table: ProtocolTable, criterion: Criterion) -> int | None:
    """The required duration, in minutes: not longer than the window, or the criterion could never be met."""
    minutes = table.optional_whole("sustained_minutes", 1, 10080)
    if minutes is not None and minutes > criterion.window_hours * 60:
        table.judge("sustained_minutes", "must not be longer than window_hours")
    return minutes


def _with_threshold(table: ProtocolTable, criterion: Criterion) -> Criterion:
    counts = criterion.kind == "vasopressor_count"
    semantics, operator = _semantics(table, ABSOLUTE)
    return replace(
        criterion,
        agent=None if counts else table.choice("agent", AGENTS),
        operator=operator,
        value=table.number("value", "0", "1000000"),
        unit=table.choice("unit", ("agents",) if counts else VASOPRESSOR_UNITS),
        semantics=semantics,
    )


def _with_parts(table: ProtocolTable, criterion: Criterion) -> Criterion:
    return replace(
        criterion,
        combinator=table.choice("combinator", get_args(Combinator)),
        parts=table.tables("parts", lambda part: _read_part(part, PART_UNITS[criterion.kind])),
        support=table.texts("support", SUPPORTS),
    )


def _with_recorded(table: ProtocolTable, criterion: Criterion) -> Criterion:
    rhythms = table.texts("rhythms", RECORDED[criterion.kind])
    if not rhythms:
        table.judge("rhythms", "must name at least one of " + ", ".join(RECORDED[criterion.kind]))
    return replace(criterion, rhythms=rhythms)


def _read_part(table: ProtocolTable, units: Mapping[str, str]) -> CriterionPart:
    variable = table.choice("variable", tuple(units))
    semantics, operator = _semantics(table, get_args(Semantics))
    return CriterionPart(
        variable=variable,
        operator=operator,
        value=table.number("value", "0", "1000"),
        unit=table.choice("unit", _units(semantics, units.get(variable, ""))),
        semantics=semantics,
    )


def _semantics(table: ProtocolTable, allowed: Sequence[str]) -> tuple[Semantics, Operator]:
    """The kind of comparison. The size of a fall is compared by > or >=, the level after a fall by < or <=."""
    semantics = table.choice("semantics", allowed)
    operator = table.choice("operator", get_args(Operator))
    how, _, measure = str(semantics).partition("_")
    if measure in ("of", "percent") and operator in FALLS and how == "decrease":
        table.judge("operator", "must be > or >= for the size of a fall")
    if semantics == "decrease_to" and operator not in FALLS:
        table.judge("operator", "must be < or <= for decrease_to")
    return semantics, operator


def _units(semantics: str, unit: str) -> tuple[str, ...]:
    """A change in percent of the baseline has the unit %; everything else the variable's own."""
    return ("%",) if str(semantics).endswith("_percent") else (unit,)
