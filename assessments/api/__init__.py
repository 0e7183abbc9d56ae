from assessments.api.assessments import DailyAssessmentViewSet
from assessments.api.deviations import ProtocolDeviationViewSet
from assessments.api.sensitising import SensitisingEventViewSet

__all__ = [
    "DailyAssessmentViewSet",
    "ProtocolDeviationViewSet",
    "SensitisingEventViewSet",
]
