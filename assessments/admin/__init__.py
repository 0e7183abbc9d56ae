"""The pages of days in intensive care and of protocol deviations."""

from assessments.admin import participant_links, timeline
from assessments.admin.assessments import DailyAssessmentAdmin
from assessments.admin.deviations import ProtocolDeviationAdmin
from assessments.admin.laboratory import LaboratoryResultAdmin
from assessments.admin.medication import MedicationAdmin
from assessments.admin.sensitising import SensitisingEventAdmin

__all__ = [
    "DailyAssessmentAdmin",
    "LaboratoryResultAdmin",
    "MedicationAdmin",
    "ProtocolDeviationAdmin",
    "SensitisingEventAdmin",
    "participant_links",
    "timeline",
]
