"""The pages of trials, participants, infusions, and what is sealed about them."""

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
