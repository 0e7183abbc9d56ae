"""Trial, protocol versions, sites, participants, infusions; sealed: allocation, coded arms, batches, dispensed doses."""

from trials.models.design import ProtocolVersion, ProtocolVersionQuerySet, Site, Trial
from trials.models.infusions import Infusion, InfusionQuerySet
from trials.models.participants import Participant, ParticipantQuerySet
from trials.models.product import Allocation, ArmLetter, DispensedDose, ProductBatch

__all__ = [
    "Allocation",
    "ArmLetter",
    "DispensedDose",
    "Infusion",
    "InfusionQuerySet",
    "Participant",
    "ParticipantQuerySet",
    "ProductBatch",
    "ProtocolVersion",
    "ProtocolVersionQuerySet",
    "Site",
    "Trial",
]
