"""The trials app over HTTP: trials, sites, participants and infusions."""

from trials.api.data_locks import DataLockViewSet
from trials.api.infusions import InfusionViewSet
from trials.api.participants import ParticipantViewSet
from trials.api.trials import SiteViewSet, TrialViewSet

ROUTES = (
    ("trials", TrialViewSet),
    ("sites", SiteViewSet),
    ("participants", ParticipantViewSet),
    ("infusions", InfusionViewSet),
    ("locks", DataLockViewSet),
)
