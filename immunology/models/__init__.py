"""Specimens (logistics, the same for all); sealed: typing, antibody results, findings; nomenclature releases."""

from immunology.models.accounts import LaboratoryAccount
from immunology.models.judging import CallReading, JudgingChange
from immunology.models.laboratory import AssayRun, LaboratoryFile, SerumInRun
from immunology.models.releases import ReferenceRelease
from immunology.models.sealed import AntibodyResult, DonorTyping, DsaFinding
from immunology.models.specimens import Specimen
from immunology.models.typing import ParticipantTyping

__all__ = [
    "AntibodyResult",
    "AssayRun",
    "CallReading",
    "DonorTyping",
    "DsaFinding",
    "JudgingChange",
    "LaboratoryAccount",
    "LaboratoryFile",
    "ParticipantTyping",
    "ReferenceRelease",
    "SerumInRun",
    "Specimen",
]
