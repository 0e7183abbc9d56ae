"""Daily assessments and protocol deviations."""

from assessments.models.assessments import DailyAssessment, DailyAssessmentQuerySet
from assessments.models.deviations import ProtocolDeviation, ProtocolDeviationQuerySet
from assessments.models.laboratory import LaboratoryResult, LaboratoryResultQuerySet
from assessments.models.medication import Medication, MedicationQuerySet
from assessments.models.sensitising import SensitisingEvent, SensitisingEventQuerySet

__all__ = [
    "DailyAssessment",
    "DailyAssessmentQuerySet",
    "LaboratoryResult",
    "LaboratoryResultQuerySet",
    "Medication",
    "MedicationQuerySet",
    "ProtocolDeviation",
    "ProtocolDeviationQuerySet",
    "SensitisingEvent",
    "SensitisingEventQuerySet",
]
