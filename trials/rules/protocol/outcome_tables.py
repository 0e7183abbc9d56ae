"""Reading the protocol's outcome plan."""

import itertools
from typing import get_args

from trials.rules.protocol.outcomes import (
    AnalysedPopulation,
    Analysis,
    FreeDays,
    Imputation,
    Organ,
    OutcomePlan,
    Reintubation,
    Sensitivity,
    Support,
)
from trials.rules.protocol.plan_tables import check_limits, read_plausibility
from trials.rules.protocol.reading import ProtocolTable

LAST_ASSESSED_DAY = 365
LARGEST_SOFA_POINTS = 4
OUTCOME_UNITS = {
    "pao2_mmhg": "mmHg",
    "fio2_fraction": "fraction",
    "pf_ratio_mmhg": "mmHg",
    "peep_cmh2o": "cmH2O",
}


def read_outcomes(table: ProtocolTable) -> OutcomePlan:
    """Assessment days, imputation, analysis, days free and plausible values, each with its source."""
    plan = OutcomePlan(
        rule_set=table.text("rule_set"),
        assessment_days=table.wholes("assessment_days", 0, LAST_ASSESSED_DAY),
        course_days=table.wholes("course_days", 0, LAST_ASSESSED_DAY),
        vital_status_day=table.whole("vital_status_day", 1, LAST_ASSESSED_DAY),
        imputation=table.table("imputation", _read_imputation),
        analysis=table.table("analysis", _read_analysis),
        free_days=table.table("free_days", _read_free_days),
        plausibility=table.named_tables("plausibility", read_plausibility),
        source=table.text("source"),
    )
    _check(table, plan)
    return plan


def _read_imputation(table: ProtocolTable) -> Imputation:
    return Imputation(
        death_value=table.number("death_value", "0", "1000"),
        improved_factor=table.number("improved_factor", "0.1", "10"),
        source=table.text("source"),
    )


def _read_analysis(table: ProtocolTable) -> Analysis:
    return Analysis(
        population=table.choice("population", get_args(AnalysedPopulation)),
        baseline_day=table.whole("baseline_day", 0, LAST_ASSESSED_DAY),
        primary_days=table.wholes("primary_days", 0, LAST_ASSESSED_DAY),
        covariate_strata=table.texts("covariate_strata"),
        sensitivity=table.choice("sensitivity", get_args(Sensitivity)),
        source=table.text("source"),
    )


def _read_free_days(table: ProtocolTable) -> FreeDays:
    free = FreeDays(
        last_day=table.whole("last_day", 1, LAST_ASSESSED_DAY),
        ventilated_by=table.texts("ventilated_by", get_args(Support)),  # type: ignore[arg-type]
        reintubation=table.choice("reintubation", get_args(Reintubation)),
        organs=table.texts("organs", get_args(Organ)),  # type: ignore[arg-type]
        organ_failure_from=table.whole("organ_failure_from", 1, LARGEST_SOFA_POINTS),
        source=table.text("source"),
    )
    for name in ("ventilated_by", "organs"):
        if not getattr(free, name):
            table.judge(name, "must name at least one")
    return free


def _check(table: ProtocolTable, plan: OutcomePlan) -> None:
    _check_rising(table, "assessment_days", plan.assessment_days)
    _check_rising(table, "course_days", plan.course_days)
    if not set(plan.course_days) <= set(plan.assessment_days):
        table.judge("course_days", "must be among assessment_days")
    baseline = plan.analysis.baseline_day
    if plan.course_days and baseline not in plan.course_days:
        table.problems.add(table.key("analysis.baseline_day"), baseline, "must be among course_days")
    late = [day for day in plan.analysis.primary_days if day <= baseline or day not in plan.course_days]
    if late and plan.course_days:
        rule = "must be among course_days, after baseline_day"
        table.problems.add(table.key("analysis.primary_days"), late, rule)
    for name, limits in plan.plausibility.items():
        check_limits(table, name, limits, OUTCOME_UNITS)


def _check_rising(table: ProtocolTable, name: str, days: tuple[int, ...]) -> None:
    if not days:
        table.judge(name, "must name at least one day")
    if any(later <= earlier for earlier, later in itertools.pairwise(days)):
        table.judge(name, "must be strictly increasing")
