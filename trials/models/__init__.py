"""Trial, protocol versions, sites, participants, infusions, remarks of imports."""

from trials.models.data_locks import DataLock
from trials.models.design import ProtocolVersion, ProtocolVersionQuerySet, Site, Trial
from trials.models.infusions import Infusion, InfusionQuerySet
from trials.models.participants import Participant, ParticipantQuerySet
from trials.models.source_remarks import SourceRemark

__all__ = [
    "DataLock",
    "Infusion",
    "InfusionQuerySet",
    "Participant",
    "ParticipantQuerySet",
    "ProtocolVersion",
    "ProtocolVersionQuerySet",
    "Site",
    "SourceRemark",
    "Trial",
]
