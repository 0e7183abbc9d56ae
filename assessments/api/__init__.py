"""Daily assessments and protocol deviations over HTTP."""

from assessments.api.assessments import DailyAssessmentViewSet
from assessments.api.deviations import ProtocolDeviationViewSet
from assessments.api.sensitising import SensitisingEventViewSet

ROUTES = (
    ("daily-assessments", DailyAssessmentViewSet),
    ("sensitising-events", SensitisingEventViewSet),
    ("protocol-deviations", ProtocolDeviationViewSet),
)
