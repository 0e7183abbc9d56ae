"""Haemodynamic readings after an infusion: units, plausibility, criteria over a window, planned checks."""

from haemodynamics.rules.adherence import Check, CheckState, judge_checks
from haemodynamics.rules.decisions import Evidence, may_be_decided, state_after_evaluation
from haemodynamics.rules.evaluation import evaluate_plan, statuses_of_infusion
from haemodynamics.rules.moments import judge_content, judge_moment
from haemodynamics.rules.plausibility import (
    ReadingVerdict,
    fio2_in_percent,
    judge_line,
    judge_reading,
    limit_key,
)
from haemodynamics.rules.possible import Measured, NumberRange, weights_of
from haemodynamics.rules.readings import MEASUREMENTS, SIGNS, ObservedInfusion, Reading, RunningVasopressor
from haemodynamics.rules.reasons import Reason
from haemodynamics.rules.results import Baseline, CriterionResult, Status
from haemodynamics.rules.units import convert_rate, rate_of
from haemodynamics.rules.windows import Window, anchor_of, known_until, watched_span, window_of

__all__ = [
    "MEASUREMENTS",
    "SIGNS",
    "Baseline",
    "Check",
    "CheckState",
    "CriterionResult",
    "Evidence",
    "Measured",
    "NumberRange",
    "ObservedInfusion",
    "Reading",
    "ReadingVerdict",
    "Reason",
    "RunningVasopressor",
    "Status",
    "Window",
    "anchor_of",
    "convert_rate",
    "evaluate_plan",
    "fio2_in_percent",
    "judge_checks",
    "judge_content",
    "judge_line",
    "judge_moment",
    "judge_reading",
    "known_until",
    "limit_key",
    "may_be_decided",
    "rate_of",
    "state_after_evaluation",
    "statuses_of_infusion",
    "watched_span",
    "weights_of",
    "window_of",
]
