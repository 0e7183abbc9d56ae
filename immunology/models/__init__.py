"""Specimens (logistics, the same for everybody); sealed: donor and participant typing, antibody results, findings.

Releases of the nomenclature.
"""

from immunology.models.laboratory import AssayRun, LaboratoryFile, SerumInRun
from immunology.models.releases import ReferenceRelease
from immunology.models.sealed import AntibodyResult, DonorTyping, DsaFinding
from immunology.models.specimens import Specimen
from immunology.models.typing import ParticipantTyping

__all__ = [
    "AntibodyResult",
    "AssayRun",
    "DonorTyping",
    "DsaFinding",
    "LaboratoryFile",
    "ParticipantTyping",
    "ReferenceRelease",
    "SerumInRun",
    "Specimen",
]
