"""The trials app over HTTP: trials, sites, participants, infusions, daily assessments, sensitising events, deviations.
Of what is sealed there are dispensed doses and deviations of the product alone, for those who may see the product.
"""

from trials.api.assessments import DailyAssessmentViewSet
from trials.api.deviations import ProtocolDeviationViewSet
from trials.api.dispensed_doses import DispensedDoseViewSet
from trials.api.infusions import InfusionViewSet
from trials.api.participants import ParticipantViewSet
from trials.api.product_deviations import ProductDeviationViewSet
from trials.api.sensitising import SensitisingEventViewSet
from trials.api.trials import SiteViewSet, TrialViewSet
from trials.api.unblindings import InadvertentUnblindingViewSet, UnblindingViewSet

ROUTES = (
    ("trials", TrialViewSet),
    ("sites", SiteViewSet),
    ("participants", ParticipantViewSet),
    ("infusions", InfusionViewSet),
    ("unblindings", UnblindingViewSet),
    ("inadvertent-unblindings", InadvertentUnblindingViewSet),
    ("daily-assessments", DailyAssessmentViewSet),
    ("sensitising-events", SensitisingEventViewSet),
    ("protocol-deviations", ProtocolDeviationViewSet),
    ("product-deviations", ProductDeviationViewSet),
    ("dispensed-doses", DispensedDoseViewSet),
)
