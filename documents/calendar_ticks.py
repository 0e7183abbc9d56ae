"""Ticks of a calendar axis and their labels.

Each label has only the part of the date that changes from tick to tick.
"""

from collections.abc import Sequence
from datetime import date, timedelta

LEAST = 5
"""An axis names years when it spans at least so many of them, else months when it spans so many, else days."""
MOST = 8
"""Ticks that an axis has, as far as the distances below allow."""
YEARS = (1, 2, 4, 5, 10, 20, 40, 50, 100)
MONTHS = (1, 2, 3, 4, 6)
DAYS = (1, 2, 4, 7, 14)
NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FIRST_DAYS = {7: (1, 8, 15, 22), 14: (1, 15)}
"""Weeks and fortnights restart with each month, so that its last days are not too near the next first day."""


def calendar_ticks(first: date, last: date) -> list[date]:
    """Round days of the calendar between two days, both included; the days are at least five apart."""
    months = 12 * (last.year - first.year) + last.month - first.month - (last.day < first.day)
    if months // 12 >= LEAST:
        found = _years(first, last, _distance(months // 12, YEARS))
    elif months >= LEAST:
        found = _months(first, last, _distance(months, MONTHS))
    else:
        found = _days(first, last, _distance((last - first).days, DAYS))
    return [day for day in found if first <= day <= last]


def calendar_labels(days: Sequence[date]) -> tuple[list[str], str]:
    """The label of each tick, and the part common to all ticks: the year, the year and month, or nothing.

    The label of the first of a month is the month; that of the first of a year is the year.
    """
    if len({day.day for day in days}) > 1:
        return [f"{day.day:02}" if day.day > 1 else NAMES[day.month - 1] for day in days], _month(days[-1])
    if len({day.month for day in days}) > 1:
        labels = [NAMES[day.month - 1] if day.month > 1 else str(day.year) for day in days]
        return labels, "" if any(day.month == 1 for day in days) else str(days[-1].year)
    return [str(day.year) for day in days], ""


def _distance(extent: int, distances: Sequence[int]) -> int:
    """The shortest distance that gives at most the wanted number of ticks; else the longest."""
    return next((one for one in distances if extent <= one * (MOST - 1)), distances[-1])


def _years(first: date, last: date, distance: int) -> list[date]:
    return [date(year, 1, 1) for year in range(first.year, last.year + 1) if year % distance == 0]


def _months(first: date, last: date, distance: int) -> list[date]:
    years = range(first.year, last.year + 1)
    return [date(year, month, 1) for year in years for month in range(1, 13, distance)]


def _days(first: date, last: date, distance: int) -> list[date]:
    named = FIRST_DAYS.get(distance, tuple(range(1, 32, distance)))
    days = (first + timedelta(number) for number in range((last - first).days + 1))
    return [day for day in days if day.day in named]


def _month(day: date) -> str:
    return f"{day.year}-{NAMES[day.month - 1]}"
