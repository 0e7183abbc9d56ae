"""Haemodynamic readings and findings."""

from haemodynamics.models.readings import (
    HaemodynamicFinding,
    HaemodynamicReading,
    HaemodynamicReadingQuerySet,
    VasopressorRate,
)

__all__ = [
    "HaemodynamicFinding",
    "HaemodynamicReading",
    "HaemodynamicReadingQuerySet",
    "VasopressorRate",
]
