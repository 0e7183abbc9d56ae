"""The protocol's outcome plan: daily assessments, imputation, adjusted comparison, days free."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from trials.rules.protocol.haemodynamics import Plausibility

Support = Literal["invasive", "non_invasive", "high_flow", "oxygen", "none"]
Organ = Literal["respiration", "coagulation", "liver", "cardiovascular", "cns", "renal"]
Reintubation = Literal["last_period", "all_free_days"]
Sensitivity = Literal["complete_cases"]
AnalysedPopulation = Literal["treated", "enrolled"]


@dataclass(frozen=True)
class Imputation:
    """The replacement of a PaO2/FiO2 ratio that was not measured.

    From the day of death on: `death_value` (mmHg). After leaving intensive care alive, or after sampling ended because
    of improvement: the last measured value times `improved_factor`, not compounded. Nothing else is imputed.
    """

    death_value: Decimal
    improved_factor: Decimal
    source: str


@dataclass(frozen=True)
class Analysis:
    """The comparison of the change from `baseline_day` to each of `primary_days`.

    It is adjusted for the baseline value and the strata of `covariate_strata`; `sensitivity` repeats it another way.
    """

    population: AnalysedPopulation
    baseline_day: int
    primary_days: tuple[int, ...]
    covariate_strata: tuple[str, ...]
    sensitivity: Sensitivity
    source: str


@dataclass(frozen=True)
class FreeDays:
    """Days alive and free of ventilation, and of organ failure, from day 1 to `last_day`.

    0 after a death by then.

    `ventilated_by` are the kinds of support that count as ventilated. `reintubation`: `last_period` counts from the end
    of the last ventilated day, `all_free_days` every free day. An organ of `organs` fails at `organ_failure_from`
    SOFA points or more.
    """

    last_day: int
    ventilated_by: tuple[Support, ...]
    reintubation: Reintubation
    organs: tuple[Organ, ...]
    organ_failure_from: int
    source: str


@dataclass(frozen=True)
class OutcomePlan:
    """Daily assessments on `assessment_days`, the course shown on `course_days`, vital status on `vital_status_day`."""

    rule_set: str
    assessment_days: tuple[int, ...]
    course_days: tuple[int, ...]
    vital_status_day: int
    imputation: Imputation
    analysis: Analysis
    free_days: FreeDays
    plausibility: Mapping[str, Plausibility]
    source: str
