"""Plain factories of the input of the haemodynamic rules; the plan is START's, as in the shipped protocol."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from haemodynamics.rules import ObservedInfusion, Reading, RunningVasopressor
from trials.rules.protocol import (
    Criterion,
    CriterionPart,
    HaemodynamicPlan,
    PlannedCheck,
    Plausibility,
)

START = datetime(2020, 4, 7, 10, 0, tzinfo=UTC)
WEIGHT = Decimal(70)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def make_infusion(**fields: Any) -> ObservedInfusion:
    return ObservedInfusion(**{"started_at": START, **fields})


def make_reading(minutes: float, **fields: Any) -> Reading:
    return Reading(**{"at": at(minutes), **fields})


def make_rate(agent: str, rate: str, unit: str = "ug/min", salt: str = "base") -> RunningVasopressor:
    return RunningVasopressor(agent, Decimal(rate), unit, salt)


def norepinephrine(minutes: float, rate: str, unit: str = "ug/min", salt: str = "base") -> Reading:
    return make_reading(minutes, vasopressors=(make_rate("norepinephrine", rate, unit, salt),))


def make_rate_criterion(**fields: Any) -> Criterion:
    values = {
        "id": "NOREPINEPHRINE",
        "label": "Norepinephrine",
        "kind": "vasopressor_rate",
        "window_hours": Decimal(6),
        "source": "START",
        "agent": "norepinephrine",
        "operator": ">",
        "value": Decimal(10),
        "unit": "ug/min",
        "semantics": "increase_to",
    }
    return Criterion(**{**values, **fields})


def make_respiratory_criterion(combinator: str = "all", **fields: Any) -> Criterion:
    parts = (
        CriterionPart("fio2_fraction", ">=", Decimal("0.20"), "fraction", "increase_of"),
        CriterionPart("peep_cmh2o", ">=", Decimal(5), "cmH2O", "increase_of"),
    )
    values = {"kind": "respiratory", "parts": parts, "combinator": combinator}
    shared = {"id": "HYPOXAEMIA", "label": "Hypoxaemia", "window_hours": Decimal(6), "source": "START"}
    return Criterion(**{**shared, **values, **fields})


def make_sign_criterion(kind: str, *names: str, hours: int = 6) -> Criterion:
    values: dict[str, Any] = {
        "id": "SIGN",
        "label": "Sign",
        "kind": kind,
        "source": "START",
        "rhythms": names,
    }
    return Criterion(window_hours=Decimal(hours), **values)


def make_plan(*criteria: Criterion, **fields: Any) -> HaemodynamicPlan:
    values: dict[str, Any] = {
        "rule_set": "START-2014",
        "window_hours": Decimal(6),
        "late_window_hours": Decimal(24),
        "anchor": "infusion_start",
        "checks": tuple(PlannedCheck(minutes, 10) for minutes in (-15, 60, 120, 360)),
        "criteria": criteria,
        "plausibility": {
            "heart_rate_bpm": make_limit("bpm", "0", "300", "30", "200"),
            "sbp_mmhg": make_limit("mmHg", "0", "300", "60", "220"),
            "dbp_mmhg": make_limit("mmHg", "0", "200", "30", "130"),
            "map_mmhg": make_limit("mmHg", "0", "250", "40", "150"),
            "spo2_percent": make_limit("%", "0", "100", "80", "100"),
            "fio2_fraction": make_limit("fraction", "0.21", "1.00"),
            "temperature_celsius": make_limit("Cel", "25", "45", "34", "41"),
            "norepinephrine_ug_kg_min": make_limit("ug/kg/min", "0", "3", "0", "1"),
        },
        "source": "START",
        "checks_source": "practice",
    }
    return HaemodynamicPlan(**{**values, **fields})


def make_limit(
    unit: str, hard_low: str, hard_high: str, soft_low: str | None = None, soft_high: str | None = None
) -> Plausibility:
    return Plausibility(
        unit,
        Decimal(hard_low),
        Decimal(hard_high),
        None if soft_low is None else Decimal(soft_low),
        None if soft_high is None else Decimal(soft_high),
        "test",
    )
