"""Daily assessments and protocol deviations."""

from assessments.models.assessments import DailyAssessment, DailyAssessmentQuerySet
from assessments.models.deviations import ProtocolDeviation, ProtocolDeviationQuerySet
from assessments.models.sensitising import SensitisingEvent, SensitisingEventQuerySet

__all__ = [
    "DailyAssessment",
    "DailyAssessmentQuerySet",
    "ProtocolDeviation",
    "ProtocolDeviationQuerySet",
    "SensitisingEvent",
    "SensitisingEventQuerySet",
]
