"""The inputs of the fixture trial: the sealed values, and the trial in one state.

The number of treated participants differs from draw to draw, and so do the number of rows of every sealed table, of
entries in the trail, and of opened clearances: a count of any of them is a difference as well.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db.models import Model

from accounts.models import User
from tests.factories import AT
from tests.full_fixture import ACTIVE, CONTROL, PROTOCOL, Everything
from tests.house.blind.draws import PEOPLE, Draw
from trials.models import Participant

__all__ = ["ACTIVE", "AT", "CONTROL", "PROTOCOL"]

NOW = datetime(2020, 4, 27, 10, 30, tzinfo=UTC)
"""The time at which the blinded look: sera of day 14 are due, and one infusion began an hour ago."""
ARMS = (ACTIVE, CONTROL)
PLACES = range(PEOPLE - 1)
"""Of the participants that are enrolled beside the one of `make_everything`."""

BATCHES = {ACTIVE: ("UCK7Q1", "UCK7Q2"), CONTROL: ("PLH3M8",)}
DONORS = {"UCK7Q1": "DONZX9", "UCK7Q2": "DONWV4", "PLH3M8": ""}
TYPED = ("DONZX9", "DONWV4")
TYPINGS = (["A*02:01", "B*07:02"], ["A*24:02", "B*08:01"], ["A*02:01", "B*08:01"], ["A*24:02", "B*07:02"])
"""What each donor is typed as is one of these, drawn.

All at as many alleles, as in a laboratory that types whole loci.
"""
CELLS = (Decimal("71.37"), Decimal("68.91"), Decimal("74.23"))
VIABILITY = (Decimal("93.7"), Decimal("91.3"))
STRONG = {"A0201": ("8642.5", "7315.5"), "B0702": ("1333.5", "1987.5"), "A2402": ("612.5", "733.5")}
"""What the laboratory measures on day 14 in somebody who got cells, one of each: new donor-specific antibodies."""
WEAK = {"A0201": ("121.5", "117.5")}
CLOSED_WORD = "Quassia"
"""In every text that is written in the closed session, and nowhere else."""
SEALED_WORDS = (
    *DONORS,
    *filter(None, DONORS.values()),
    *map(str, CELLS),
    *map(str, VIABILITY),
    *(value for bead in (STRONG, WEAK) for drawn in bead.values() for value in drawn),
    CLOSED_WORD,
)
"""Values that are in sealed rows and nowhere else."""

SYSTEM: dict[str, Any] = {"at": NOW - timedelta(minutes=50), "reason": "made for the proof of the blind"}


@dataclass
class Cast:
    """The trial in one state.

    `extra` holds further rows by model label, for pages that want another one; `own_rows` is kept of a state that is
    asked for the other's rows.
    """

    everything: Everything
    draw: Draw
    people: list[Participant] = field(default_factory=list)
    extra: dict[str, list[int]] = field(default_factory=dict)
    own_rows: dict[str, int] = field(default_factory=dict)

    def arm_of(self, place: int) -> str:
        """The arm of the participant at that index of `people`, in this state."""
        return self.draw.arms[place + 1]

    @property
    def feared(self) -> str:
        """The coded arm of the closed session's texts, in this state, and a random value beside it."""
        return f"{self.feared_arm}, {self.draw.name}"

    @property
    def feared_arm(self) -> str:
        return "Arm B" if self.draw.backwards else "Arm A"

    def chance(self, subject: str) -> Random:
        """The other random values of a subject in this state."""
        return self.draw.chance(subject)

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
