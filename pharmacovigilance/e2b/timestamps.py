"""HL7 timestamps, exact or partial (ICH E2B(R3), appendix II): `CCYY[MM[DD[hhmm[ss]]]][+/-ZZzz]`.

A timestamp without a zone may have been written anywhere on earth, 14 hours ahead of UTC to 12 behind; a comparison is
true only where it is true under every possibility.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

_SHAPE = re.compile(
    r"(?P<year>\d{4})(?:(?P<month>\d{2})(?:(?P<day>\d{2})(?:(?P<hour>\d{2})(?:(?P<minute>\d{2})"
    r"(?:(?P<second>\d{2})(?:\.\d{1,4})?)?)?)?)?)?(?P<zone>[+-]\d{2,4})?"
)
_FIRST_ZONE, _LAST_ZONE = timedelta(hours=14), timedelta(hours=-12)
_YEAR, _MONTH, _DAY = 1, 2, 3  # the number of given parts
_PARTS = ("year", "month", "day", "hour", "minute", "second")


@dataclass(frozen=True)
class Timestamp:
    """The earliest and the latest instant (aware, UTC; the end is exclusive) that a timestamp may mean.

    `precision` is the number of parts given: 1 the year, 3 the day, 6 the second. `zoned` is false without a zone; then the
    instants are those of a clock in UTC.
    """

    start: datetime
    end: datetime
    precision: int
    zoned: bool


def parse_timestamp(text: str) -> Timestamp | None:
    """None when the text is no timestamp, or names a day that does not exist."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        return None
    given = [int(match[part]) for part in _PARTS if match[part] is not None]
    try:
        zone = _zone(match["zone"])
        start = datetime(*(given + [1, 1, 1][len(given) :]), tzinfo=zone)  # type: ignore[misc, arg-type]
        return Timestamp(
            start.astimezone(UTC),
            (start + _width(start, len(given))).astimezone(UTC),
            len(given),
            bool(match["zone"]),
        )
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> timezone:
    if text is None:
        return UTC
    hours, minutes = int(text[1:3]), int(text[3:5] or 0)
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _width(start: datetime, precision: int) -> timedelta:
    if precision == _YEAR:
        return timedelta(days=366 if calendar.isleap(start.year) else 365)
    if precision == _MONTH:
        return timedelta(days=calendar.monthrange(start.year, start.month)[1])
    return (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1))[
        precision - _DAY
    ]


def certainly_after(moment: Timestamp, at: datetime) -> bool:
    """Whether every possible instant of the timestamp is after `at`."""
    return (moment.start if moment.zoned else moment.start - _FIRST_ZONE) > at


def certainly_before(first: Timestamp, second: Timestamp) -> bool:
    """Whether `first` is certainly before `second`; two clocks without a zone count as the same clock."""
    if first.zoned == second.zoned:
        return first.end <= second.start
    first_end = first.end if first.zoned else first.end - _LAST_ZONE
    second_start = second.start if second.zoned else second.start - _FIRST_ZONE
    return first_end <= second_start
