"""Questions about infusions and the readings after them; a fixed number of queries for many participants."""

from haemodynamics.queries.cases import (
    InfusionCase,
    cases_around,
    cases_of_infusions,
    infusion_cases,
    infusion_of,
)
from haemodynamics.queries.monitored import (
    UNDECIDED_ASKED_FOR,
    MonitoredInfusion,
    given_infusions,
    monitored_infusion,
    monitored_infusions,
    started_since,
)

__all__ = [
    "UNDECIDED_ASKED_FOR",
    "InfusionCase",
    "MonitoredInfusion",
    "cases_around",
    "cases_of_infusions",
    "given_infusions",
    "infusion_cases",
    "infusion_of",
    "monitored_infusion",
    "monitored_infusions",
    "started_since",
]
