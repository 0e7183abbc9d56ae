"""The trials app over HTTP: trials, sites, participants, infusions, daily assessments, sensitising events, deviations.

Of what is sealed there are dispensed doses and deviations of the product alone, for those who may see the product.
"""

from trials.api.infusions import InfusionViewSet
from trials.api.participants import ParticipantViewSet
from trials.api.trials import SiteViewSet, TrialViewSet

ROUTES = (
    ("trials", TrialViewSet),
    ("sites", SiteViewSet),
    ("participants", ParticipantViewSet),
    ("infusions", InfusionViewSet),
)
