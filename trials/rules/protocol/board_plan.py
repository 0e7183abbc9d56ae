"""Parts of the protocol for the board's report only: the planned pace of enrolment, and which cells are too small."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trials.rules.protocol.reading import ProtocolTable

LARGEST_SMALL_CELL = 20


@dataclass(frozen=True)
class EnrolmentPace:
    """The planned pace of enrolment: a straight line from `starts` on. Information for the enrolment curve."""

    participants_per_month: Decimal
    starts: date
    source: str


@dataclass(frozen=True)
class SmallCells:
    """Counts from 1 up to, not including, `below` are withheld from subgroup cells of an open report."""

    below: int
    source: str


@dataclass(frozen=True)
class RateComparisons:
    """Rates of two arms are compared when each has at least `least_participants` with time at risk."""

    least_participants: int
    source: str


DEFAULT_RATE_COMPARISONS = RateComparisons(
    10,
    "own choice of this system, for want of a rule in the protocol: exact Poisson limits take events as independent, which "
    "the events of a few participants are not",
)
LARGEST_LEAST = 200

DEFAULT_SMALL_CELLS = SmallCells(
    3, "own choice of this system, for want of a rule in the protocol: counts of 1 and 2 are withheld"
)


def read_pace(table: ProtocolTable) -> EnrolmentPace:
    """`participants_per_month`, `starts`, `source`."""
    return EnrolmentPace(
        table.number("participants_per_month", "0.01", "100000"), table.day("starts"), table.text("source")
    )


def read_small_cells(table: ProtocolTable) -> SmallCells:
    """`below` (1: nothing is withheld) and `source`."""
    return SmallCells(table.whole("below", 1, LARGEST_SMALL_CELL), table.text("source"))


def read_rate_comparisons(table: ProtocolTable) -> RateComparisons:
    """`least_participants` (1: always) and `source`."""
    return RateComparisons(table.whole("least_participants", 1, LARGEST_LEAST), table.text("source"))
