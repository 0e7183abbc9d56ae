"""Dates that may be partly unknown, their order, and the study days they can fall on."""

from partial_dates.comparisons import (
    possibly_after,
    possibly_at_or_after,
    possibly_before,
    possibly_same,
    surely_after,
    surely_at_or_after,
    surely_before,
)
from partial_dates.days import StudyDays, WindowMembership, in_window, local_date, study_day
from partial_dates.gaps import known_before_gap
from partial_dates.moments import (
    FIRST_YEAR,
    LAST_YEAR,
    ImpossibleDateError,
    PartialMoment,
    Precision,
    exact_moment,
    parse_partial,
    zone_of,
)
from partial_dates.narrowing import Span, narrowed

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "ImpossibleDateError",
    "PartialMoment",
    "Precision",
    "Span",
    "StudyDays",
    "WindowMembership",
    "exact_moment",
    "in_window",
    "known_before_gap",
    "local_date",
    "narrowed",
    "parse_partial",
    "possibly_after",
    "possibly_at_or_after",
    "possibly_before",
    "possibly_same",
    "study_day",
    "surely_after",
    "surely_at_or_after",
    "surely_before",
    "zone_of",
]
