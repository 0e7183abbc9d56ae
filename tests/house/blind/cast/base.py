"""What every part of the fixture trial is made with: the arms, the values that are sealed, and the trial in one state.

The arms are not balanced on purpose: swapping them changes how many rows every sealed table holds, how often the trail
was written to, and how many clearances were opened, so that a count of any of them is a difference as well.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Model

from accounts.models import User
from tests.factories import AT
from tests.one_of_everything import ACTIVE, CONTROL, PROTOCOL, Everything
from trials.models import Participant

__all__ = ["ACTIVE", "AT", "CONTROL", "PROTOCOL"]

NOW = datetime(2020, 4, 27, 10, 30, tzinfo=UTC)
"""When the blinded look: sera of day 14 are owed, and one infusion began an hour ago."""
ARMS = (ACTIVE, ACTIVE, CONTROL, ACTIVE, ACTIVE, CONTROL)
OTHER_ARM = {ACTIVE: CONTROL, CONTROL: ACTIVE}

BATCHES = {ACTIVE: ("UCK7Q1", "UCK7Q2"), CONTROL: ("PLH3M8",)}
DONORS = {"UCK7Q1": "DONZX9", "UCK7Q2": "DONWV4", "PLH3M8": ""}
TYPINGS = {"DONZX9": ["A*02:01", "B*07:02"], "DONWV4": ["A*24:02"]}
CELLS, VIABILITY = Decimal("71.37"), Decimal("93.7")
STRONG = {"A0201": "8642.5", "B0702": "1333.5", "A2402": "612.5"}
"""What the laboratory measures on day 14 in somebody who got cells: a new donor-specific antibody."""
WEAK = {"A0201": "121.5"}
CLOSED_WORD = "Quassia"
"""Stands in every text that is written in the closed room, and nowhere else."""
SEALED_WORDS = (
    *DONORS,
    *filter(None, DONORS.values()),
    str(CELLS),
    str(VIABILITY),
    *STRONG.values(),
    *WEAK.values(),
    CLOSED_WORD,
)
"""Values that stand in sealed rows and nowhere else."""

SYSTEM: dict[str, Any] = {"at": NOW - timedelta(minutes=50), "reason": "made for the arm-swap test"}


@dataclass
class Cast:
    """The trial in one state. `extra` holds further rows by model label, for pages that want another one; `own_rows` is
    kept of a state that is asked for the other's rows.
    """

    everything: Everything
    swapped: bool
    backwards: bool = False
    """Whether the letters of the arms were drawn the other way round."""
    people: list[Participant] = field(default_factory=list)
    extra: dict[str, list[int]] = field(default_factory=dict)
    own_rows: dict[str, int] = field(default_factory=dict)

    def arm_of(self, place: int) -> str:
        """The arm of the participant at that place of the list, in this state."""
        return OTHER_ARM[ARMS[place]] if self.swapped else ARMS[place]

    @property
    def feared(self) -> str:
        """The coded arm of which the board speaks in the closed room, in this state."""
        return "Arm B" if self.backwards else "Arm A"

    def add_extra(self, row: Model) -> None:
        self.extra.setdefault(row._meta.label_lower, []).append(row.pk)

    @property
    def users(self) -> dict[str, User]:
        return self.everything.users


def enrolled_at(place: int) -> datetime:
    """One a day, so that the reports have something to draw."""
    return AT + timedelta(days=place)


def first_dose(place: int) -> datetime:
    return enrolled_at(place) + timedelta(days=1)
