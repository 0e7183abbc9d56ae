"""Specimens (logistics, the same for everybody); sealed: donor typing, antibody results, findings."""

from immunology.models.sealed import AntibodyResult, DonorTyping, DsaFinding
from immunology.models.specimens import Specimen

__all__ = ["AntibodyResult", "DonorTyping", "DsaFinding", "Specimen"]
