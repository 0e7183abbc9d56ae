"""The pages of haemodynamic checks and findings."""

from haemodynamics.admin import infusion_link, timeline
from haemodynamics.admin.findings import HaemodynamicFindingAdmin
from haemodynamics.admin.readings import HaemodynamicReadingAdmin

__all__ = [
    "HaemodynamicFindingAdmin",
    "HaemodynamicReadingAdmin",
    "infusion_link",
    "timeline",
]
