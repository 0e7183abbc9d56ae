"""Rows of readings and pumps converted to the types of the rules."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from haemodynamics.rules.readings import MEASUREMENTS, SIGNS, Reading, RunningVasopressor
from trials.choices import TimePrecision


class RateColumns(Protocol):
    """The columns of a pump's row."""

    agent: str
    rate: Decimal
    unit: str
    salt: str


def line_of(row: RateColumns) -> RunningVasopressor:
    """One pump as rules use it."""
    return RunningVasopressor(row.agent, Decimal(row.rate), row.unit, row.salt)


class ReadingColumns(Protocol):
    """The columns of a reading's row, of a model's instance or a plain row."""

    taken_at: datetime
    taken_precision: str
    respiratory_support: str
    vasopressors_checked: bool | None


def reading_of(row: ReadingColumns, lines: Iterable[RunningVasopressor]) -> Reading:
    """A reading as rules use it. Without a pump and without "checked", vasopressors were not recorded."""
    given = tuple(lines)
    measured = {name: _decimal(getattr(row, name)) for name in MEASUREMENTS}
    return Reading(
        at=row.taken_at,
        is_exact=row.taken_precision == TimePrecision.MINUTE,
        respiratory_support=row.respiratory_support or None,
        signs_seen=frozenset(name for name in SIGNS if getattr(row, name) is True),
        signs_excluded=frozenset(name for name in SIGNS if getattr(row, name) is False),
        vasopressors=given if given or row.vasopressors_checked else None,
        **measured,
    )


def _decimal(value: int | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value)
