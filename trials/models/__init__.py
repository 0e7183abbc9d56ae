"""Trial, protocol versions, sites, participants, infusions, daily assessments, protocol deviations; sealed: allocation,
coded arms, batches, dispensed doses, product deviations.
"""

from trials.models.assessments import DailyAssessment, DailyAssessmentQuerySet
from trials.models.design import ProtocolVersion, ProtocolVersionQuerySet, Site, Trial
from trials.models.deviations import ProductDeviation, ProtocolDeviation, ProtocolDeviationQuerySet
from trials.models.infusions import Infusion, InfusionQuerySet
from trials.models.participants import Participant, ParticipantQuerySet
from trials.models.product import Allocation, ArmLetter, DispensedDose, ProductBatch
from trials.models.sensitising import SensitisingEvent, SensitisingEventQuerySet
from trials.models.source_remarks import SourceRemark
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
    "DailyAssessment",
    "DailyAssessmentQuerySet",
    "DispensedDose",
    "InadvertentUnblinding",
    "Infusion",
    "InfusionQuerySet",
    "Participant",
    "ParticipantQuerySet",
    "ProductBatch",
    "ProductDeviation",
    "ProtocolDeviation",
    "ProtocolDeviationQuerySet",
    "ProtocolVersion",
    "ProtocolVersionQuerySet",
    "SensitisingEvent",
    "SensitisingEventQuerySet",
    "Site",
    "SourceRemark",
    "Trial",
    "Unblinding",
    "UnblindingAccount",
    "UnblindingNotice",
]
