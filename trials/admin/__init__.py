"""The pages of trials, participants and infusions."""

from trials.admin import course, lock_verbs, participant_links
from trials.admin.data_locks import DataLockAdmin
from trials.admin.infusions import InfusionAdmin
from trials.admin.participants import ParticipantAdmin
from trials.admin.trials import ProtocolVersionAdmin, SiteAdmin, TrialAdmin

__all__ = [
    "DataLockAdmin",
    "InfusionAdmin",
    "ParticipantAdmin",
    "ProtocolVersionAdmin",
    "SiteAdmin",
    "TrialAdmin",
    "course",
    "lock_verbs",
    "participant_links",
]
