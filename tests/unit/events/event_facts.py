"""Factories of the input of the rules on adverse events.

Every default is a plain, non-serious, resolved event.
"""

from datetime import UTC, datetime
from typing import Any

from events.choices import Outcome, Severity
from events.rules.adverse_events import Criteria, EventContext, EventFacts
from events.rules.ctcae import Term
from partial_dates import PartialMoment, parse_partial
from trials.rules.protocol import CausalityCategory, ReportingPlan

ZONE = "Europe/Paris"
AT = datetime(2020, 6, 1, 12, tzinfo=UTC)

NONE_SERIOUS = Criteria(
    results_in_death=False,
    life_threatening=False,
    hospitalisation=False,
    disability=False,
    congenital_anomaly=False,
    medically_important=False,
)
DEATH = Criteria(results_in_death=True)

HYPOTENSION = Term("10021097", "Vascular disorders", "Hypotension", (1, 2, 3, 4, 5))
SINUS_TACHYCARDIA = Term("10040752", "Cardiac disorders", "Sinus tachycardia", (1, 2, 3))
OTHER_CARDIAC = Term("10007541", "Cardiac disorders", "Cardiac disorders - Other, specify", (1, 2, 3, 4, 5))

POSSIBLE = CausalityCategory("POSSIBLE", "Possible", is_related=True, is_undetermined=False)
OTHER_DISEASE = CausalityCategory("OTHER_DISEASE", "Other disease", is_related=False, is_undetermined=False)
UNDETERMINED = CausalityCategory("UNDETERMINED", "Undetermined", is_related=True, is_undetermined=True)

PLAN = ReportingPlan(sae_hours=24, signature_hours=24, followup_days=8, source="for the test", clocks=())


def moment(text: str) -> PartialMoment:
    return parse_partial(text, ZONE)


def make_facts(**given: Any) -> EventFacts:
    plain: dict[str, Any] = {
        "term": HYPOTENSION,
        "term_version": "5.0",
        "reported_term": "low blood pressure",
        "grade": 2,
        "severity": Severity.MODERATE,
        "serious": False,
        "criteria": NONE_SERIOUS,
        "causality": "OTHER_DISEASE",
        "outcome": Outcome.RECOVERED,
        "onset": moment("2020-04-06T03:40"),
        "ended": moment("2020-04-07"),
    }
    return EventFacts(**(plain | given))


def make_fatal_facts(**given: Any) -> EventFacts:
    fatal = {
        "grade": 5,
        "severity": Severity.SEVERE,
        "serious": True,
        "criteria": DEATH,
        "outcome": Outcome.FATAL,
    }
    return make_facts(**(fatal | given))


def make_context(**given: Any) -> EventContext:
    plain: dict[str, Any] = {
        "at": AT,
        "dictionary_version": "5.0",
        "causality": (POSSIBLE, OTHER_DISEASE, UNDETERMINED),
        "consent": moment("2020-04-05T10:00"),
        "first_infusion": moment("2020-04-06T02:00"),
    }
    return EventContext(**(plain | given))


def make_death_context(**given: Any) -> EventContext:
    return make_context(**({"is_dead": True, "death": moment("2020-04-07T09:00")} | given))
