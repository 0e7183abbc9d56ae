"""Trial, protocol versions, sites, participants, infusions; sealed: allocation, coded arms, batches, dispensed doses."""

from trials.models.design import ProtocolVersion, ProtocolVersionQuerySet, Site, Trial
from trials.models.infusions import Infusion, InfusionQuerySet
from trials.models.participants import Participant, ParticipantQuerySet
from trials.models.product import Allocation, ArmLetter, DispensedDose, ProductBatch
from trials.models.unblinding import (
    ArmDisclosure,
    ArmKeyOpening,
    InadvertentUnblinding,
    Unblinding,
    UnblindingAccount,
    UnblindingNotice,
)

__all__ = [
    "Allocation",
    "ArmDisclosure",
    "ArmKeyOpening",
    "ArmLetter",
    "DispensedDose",
    "InadvertentUnblinding",
    "Infusion",
    "InfusionQuerySet",
    "Participant",
    "ParticipantQuerySet",
    "ProductBatch",
    "ProtocolVersion",
    "ProtocolVersionQuerySet",
    "Site",
    "Trial",
    "Unblinding",
    "UnblindingAccount",
    "UnblindingNotice",
]
