"""The pages of trials, participants and infusions."""

from trials.admin import course, participant_links
from trials.admin.infusions import InfusionAdmin
from trials.admin.participants import ParticipantAdmin
from trials.admin.trials import ProtocolVersionAdmin, SiteAdmin, TrialAdmin

__all__ = [
    "InfusionAdmin",
    "ParticipantAdmin",
    "ProtocolVersionAdmin",
    "SiteAdmin",
    "TrialAdmin",
    "course",
    "participant_links",
]
