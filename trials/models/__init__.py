"""Trial, protocol versions, sites, participants, infusions, daily assessments, protocol deviations.

Sealed: allocation, coded arms, batches, dispensed doses, product deviations.
"""

from trials.models.design import ProtocolVersion, ProtocolVersionQuerySet, Site, Trial
from trials.models.infusions import Infusion, InfusionQuerySet
from trials.models.participants import Participant, ParticipantQuerySet
from trials.models.source_remarks import SourceRemark

__all__ = [
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
