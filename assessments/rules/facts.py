"""The input of rules from one daily assessment and its participant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from partial_dates import PartialMoment

SOFA_ORGANS = ("respiration", "coagulation", "liver", "cardiovascular", "cns", "renal")
"""The six components of the SOFA score (Vincent JL, Intensive Care Med 1996;22:707)."""


@dataclass(frozen=True)
class AssessmentFacts:
    """One day as recorded; None and "" are not recorded, never zero and never no. `sofa`: points by organ."""

    assessed_date: date
    pao2_mmhg: Decimal | None = None
    pao2_kpa: Decimal | None = None
    fio2_fraction: Decimal | None = None
    pf_ratio_given: Decimal | None = None
    peep_cmh2o: Decimal | None = None
    ventilation: str = ""
    sofa: Mapping[str, int | None] = field(default_factory=dict)
    vasopressor: bool | None = None
    renal_replacement: bool | None = None
    place: str = ""
    left_icu_date: date | None = None
    left_hospital_date: date | None = None
    alive: bool | None = None
    no_sample_improved: bool | None = None


@dataclass(frozen=True)
class AssessedParticipant:
    """The participant of the day: day 0 (None before randomisation), the death as exactly as known."""

    day0: date | None
    died: PartialMoment | None
    has_died: bool
    zone: str
