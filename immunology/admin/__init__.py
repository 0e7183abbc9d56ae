"""The pages of specimens, and the sealed pages of laboratory and production unit."""

from immunology.admin import timeline
from immunology.admin.antibodies import AntibodyResultAdmin, DsaFindingAdmin
from immunology.admin.changes import JudgingChangeAdmin
from immunology.admin.laboratories import LaboratoryAccountAdmin
from immunology.admin.laboratory import SerumInRunAdmin
from immunology.admin.own_typing import ParticipantTypingAdmin
from immunology.admin.specimens import SpecimenAdmin
from immunology.admin.typing import DonorTypingAdmin

__all__ = [
    "AntibodyResultAdmin",
    "DonorTypingAdmin",
    "DsaFindingAdmin",
    "JudgingChangeAdmin",
    "LaboratoryAccountAdmin",
    "ParticipantTypingAdmin",
    "SerumInRunAdmin",
    "SpecimenAdmin",
    "timeline",
]
