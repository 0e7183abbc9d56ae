"""Writes about days in intensive care and protocol deviations."""

from assessments.services.assessments import (
    correct_assessment,
    record_assessment,
    record_assessments,
    void_assessment,
)
from assessments.services.deviations import correct_deviation, record_deviation, void_deviation
from assessments.services.laboratory import (
    correct_laboratory_result,
    record_laboratory_result,
    void_laboratory_result,
)
from assessments.services.medication import correct_medication, record_medication, void_medication
from assessments.services.sensitising import (
    correct_sensitising_event,
    record_sensitising_event,
    void_sensitising_event,
)

__all__ = [
    "correct_assessment",
    "correct_deviation",
    "correct_laboratory_result",
    "correct_medication",
    "correct_sensitising_event",
    "record_assessment",
    "record_assessments",
    "record_deviation",
    "record_laboratory_result",
    "record_medication",
    "record_sensitising_event",
    "void_assessment",
    "void_deviation",
    "void_laboratory_result",
    "void_medication",
    "void_sensitising_event",
]
