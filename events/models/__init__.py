"""CTCAE terms, adverse events, haemodynamic readings and findings."""

from events.models.adverse_events import AdverseEvent, AdverseEventQuerySet
from events.models.haemodynamics import (
    HaemodynamicFinding,
    HaemodynamicReading,
    HaemodynamicReadingQuerySet,
    VasopressorRate,
)
from events.models.vocabulary import CtcaeTerm

__all__ = [
    "AdverseEvent",
    "AdverseEventQuerySet",
    "CtcaeTerm",
    "HaemodynamicFinding",
    "HaemodynamicReading",
    "HaemodynamicReadingQuerySet",
    "VasopressorRate",
]
