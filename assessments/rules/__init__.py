"""Rules of a participant's day in intensive care: possible values, derived values, imputation."""

from assessments.rules.courses import NOT_RECORDED, Courses
from assessments.rules.derived import PfRatio, mmhg_of_kpa, pf_ratio, sofa_total
from assessments.rules.deviations import DeviationFacts, deviation_refusals
from assessments.rules.due import Stay, due_days, missing_days
from assessments.rules.facts import SOFA_ORGANS, AssessedParticipant, AssessmentFacts
from assessments.rules.free_days import (
    Evaluated,
    VitalStatus,
    organ_failure_free_days,
    ventilator_free_days,
    vital_status,
)
from assessments.rules.imputation import ORIGINS, Filled, ValueOrigin, filled_courses
from assessments.rules.judging import assessment_doubts, assessment_refusals
from assessments.rules.laboratory import result_refusals
from assessments.rules.medication import medication_refusals
from assessments.rules.sensitising import BLOOD_KINDS, is_blood_on, sensitiser_refusals

__all__ = [
    "BLOOD_KINDS",
    "NOT_RECORDED",
    "ORIGINS",
    "SOFA_ORGANS",
    "AssessedParticipant",
    "AssessmentFacts",
    "Courses",
    "DeviationFacts",
    "Evaluated",
    "Filled",
    "PfRatio",
    "Stay",
    "ValueOrigin",
    "VitalStatus",
    "assessment_doubts",
    "assessment_refusals",
    "deviation_refusals",
    "due_days",
    "filled_courses",
    "is_blood_on",
    "medication_refusals",
    "missing_days",
    "mmhg_of_kpa",
    "organ_failure_free_days",
    "pf_ratio",
    "result_refusals",
    "sensitiser_refusals",
    "sofa_total",
    "ventilator_free_days",
    "vital_status",
]
