"""Daily assessments and protocol deviations over HTTP."""

from assessments.api.assessments import DailyAssessmentViewSet
from assessments.api.deviations import ProtocolDeviationViewSet
from assessments.api.laboratory import LaboratoryResultViewSet
from assessments.api.medication import MedicationViewSet
from assessments.api.sensitising import SensitisingEventViewSet

ROUTES = (
    ("daily-assessments", DailyAssessmentViewSet),
    ("sensitising-events", SensitisingEventViewSet),
    ("laboratory-results", LaboratoryResultViewSet),
    ("medications", MedicationViewSet),
    ("protocol-deviations", ProtocolDeviationViewSet),
)
