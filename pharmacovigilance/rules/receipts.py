"""The evaluation of a receipt of information: the four minimum criteria, day 0, and whether it is significant.

Sources: ICH E2A III.B.3 and E2B(R3) guide 3.3.1 (identifiable patient, identifiable reporter, an event, a suspect
product), Regulation (EU) 536/2014 Annex III 2.3 (10) and 2.4; facts/safety.md 2.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SIGNIFICANT = frozenset(
    {
        "term",
        "onset",
        "grade",
        "serious",
        "results_in_death",
        "life_threatening",
        "hospitalisation",
        "disability",
        "congenital_anomaly",
        "medically_important",
        "causality",
        "outcome",
        "voided",
    }
)
"""A change of one of these can change the report (own choice after EMA's practice).

The others, including the narrative, are significant when the officer decides so.
"""


@dataclass(frozen=True)
class MinimumCriteria:
    """Whether each of the four is met."""

    patient: bool
    reporter: bool
    event: bool
    product: bool

    @property
    def is_met(self) -> bool:
        """All four."""
        return self.patient and self.reporter and self.event and self.product


def day_0(earlier: datetime | None, received_at: datetime, criteria: MinimumCriteria) -> datetime | None:
    """The sponsor's day 0: the first receipt at which all four were met. It never moves afterwards."""
    if earlier is not None:
        return earlier
    return received_at if criteria.is_met else None


def changed_facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the facts of an event that differ, in the order of `after`."""
    return tuple(name for name, value in after.items() if before.get(name) != value)


def is_significant(changed: tuple[str, ...]) -> bool:
    """Whether one of the changed facts can change the report."""
    return any(name in SIGNIFICANT for name in changed)


def is_upgrade(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the event became serious, or fatal or life-threatening, by this information."""
    return _weight(after) > _weight(before)


def is_downgrade(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the event stopped being serious, fatal or life-threatening, or is void."""
    return _weight(after) < _weight(before)


def _weight(facts: Mapping[str, Any]) -> int:
    if not facts or facts.get("voided"):
        return 0
    if facts.get("results_in_death") is True or facts.get("outcome") == "FATAL":
        return 3
    if facts.get("life_threatening") is True:
        return 2
    return 1 if facts.get("serious") is True else 0
