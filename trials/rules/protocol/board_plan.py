"""What the protocol says for the board's report alone: planned pace of enrolment, small cells, content of open reports."""

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


OPEN_REPORT_TABLES = (
    "enrolment",
    "maturity",
    "new_since_last_look",
    "changes_since_last_look",
    "boundaries",
    "deaths",
    "ae_overview",
    "ae_seriousness",
    "ae_consequences",
    "ae_by_stratum",
    "haemodynamics",
    "events_after_infusion",
    "haemodynamic_course",
    "antibodies",
    "antibody_changes",
    "ae_by_soc_term",
    "outcomes",
    "time_to_first_event",
    "event_rates",
    "mean_cumulative_events",
    "timeline",
    "exposure",
    "baseline",
    "deviations",
    "sae_listing",
    "unblindings",
    "reconciliation",
    "boundary_characteristics",
)
"""The tables that an open report can have, by the id that they have in the report's JSON."""
LEFT_OUT_BY_DEFAULT = ("outcomes", "time_to_first_event", "timeline", "sae_listing")
LARGEST_STEP = 50


@dataclass(frozen=True)
class OpenReportPlan:
    """What an open report shows.

    `tables`: the ids of its tables. `has_listings`: lines about single participants, and profiles. `has_survival`: survival
    curves and the probabilities read from them. `minimum_step`: an open report shows enrolment alone while from 1 up to, not
    including, so many participants were enrolled between it and another open report; 1 shows it always.
    """

    tables: tuple[str, ...]
    has_listings: bool
    has_survival: bool
    minimum_step: int
    source: str


DEFAULT_OPEN_REPORT = OpenReportPlan(
    tables=tuple(table for table in OPEN_REPORT_TABLES if table not in LEFT_OUT_BY_DEFAULT),
    has_listings=False,
    has_survival=False,
    minimum_step=3,
    source="own choice of this system, for want of a rule in the protocol: no outcome, no survival curve, no line about a "
    "single participant",
)

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


def read_open_report(table: ProtocolTable) -> OpenReportPlan:
    """`tables`, `listings`, `survival`, `minimum_step` and `source`."""
    return OpenReportPlan(
        tables=table.texts("tables", OPEN_REPORT_TABLES),
        has_listings=table.flag("listings"),
        has_survival=table.flag("survival"),
        minimum_step=table.whole("minimum_step", 1, LARGEST_STEP),
        source=table.text("source"),
    )
