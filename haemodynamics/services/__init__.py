"""Writes about haemodynamic readings and findings: each authorised, attributed, in one transaction."""

from haemodynamics.services.evaluation import (
    evaluate_changed_infusions,
    evaluate_one_infusion,
    evaluate_participants,
)
from haemodynamics.services.findings import confirm_finding, refute_finding
from haemodynamics.services.readings import correct_reading, record_reading, void_reading

__all__ = [
    "confirm_finding",
    "correct_reading",
    "evaluate_changed_infusions",
    "evaluate_one_infusion",
    "evaluate_participants",
    "record_reading",
    "refute_finding",
    "void_reading",
]
