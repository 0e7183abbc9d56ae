"""The trials app over HTTP: trials, sites, participants, infusions, daily assessments, protocol deviations.
Nothing sealed is to be had here."""

from trials.api.assessments import DailyAssessmentViewSet
from trials.api.deviations import ProtocolDeviationViewSet
from trials.api.infusions import InfusionViewSet
from trials.api.participants import ParticipantViewSet
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
    ("protocol-deviations", ProtocolDeviationViewSet),
)
