from assessments.admin.assessments import DailyAssessmentAdmin
from assessments.admin.deviations import ProtocolDeviationAdmin
from assessments.admin.sensitising import SensitisingEventAdmin

__all__ = [
    "DailyAssessmentAdmin",
    "ProtocolDeviationAdmin",
    "SensitisingEventAdmin",
]
