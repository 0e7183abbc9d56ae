"""The pages of days in intensive care and of protocol deviations."""

from assessments.admin import participant_links, timeline
from assessments.admin.assessments import DailyAssessmentAdmin
from assessments.admin.deviations import ProtocolDeviationAdmin
from assessments.admin.sensitising import SensitisingEventAdmin

__all__ = [
    "DailyAssessmentAdmin",
    "ProtocolDeviationAdmin",
    "SensitisingEventAdmin",
    "participant_links",
    "timeline",
]
