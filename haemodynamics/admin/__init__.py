from haemodynamics.admin.findings import HaemodynamicFindingAdmin
from haemodynamics.admin.readings import HaemodynamicReadingAdmin

__all__ = [
    "HaemodynamicFindingAdmin",
    "HaemodynamicReadingAdmin",
]
