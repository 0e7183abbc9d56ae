"""Dates that may be partly unknown: the text as written, and the earliest and latest time that it can mean.

ISO 8601 calendar dates cut off at the right (SDTMIG 3.4 section 4.4.2): `2014`, `2014-01`, `2020-04-06`,
`2020-04-06T03`, `2020-04-06T03:40`, `2020-04-06T03:40:12`. A time has an offset (`+02:00`, `Z`) or else is wall time in
the trial's zone. Nothing is imputed: a caller that needs one time uses the earliest or the latest and documents it.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from partial_dates.gaps import known_before_gap
from partial_dates.refusals import Refusal, RefusalError, gettext_noop

FIRST_YEAR = 1900  # no participant, treatment or report of a running trial is earlier
LAST_YEAR = 2100
ONE_TICK = timedelta(microseconds=1)
LARGEST_OFFSET_MINUTES = 14 * 60  # Pacific/Kiritimati, the largest civil offset

WRITTEN = gettext_noop(
    "%(field)s: “%(value)s” is not a possible date; dates are YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm."
)
WITHOUT_OFFSET = gettext_noop("%(field)s: “%(value)s” is not a possible date; a moment carries its offset.")
OUT_OF_YEARS = gettext_noop(
    "%(field)s: “%(value)s” is not a possible date; the year lies between %(first)s and %(last)s."
)
OUT_OF_MONTHS = gettext_noop(
    "%(field)s: “%(value)s” is not a possible date; the month lies between 01 and 12."
)
OUT_OF_DAYS = gettext_noop("%(field)s: “%(value)s” is not a possible date; %(month)s has %(days)s days.")
OUT_OF_HOURS = gettext_noop(
    "%(field)s: “%(value)s” is not a possible date; a time lies between 00:00:00 and 23:59:59."
)
OUT_OF_OFFSETS = gettext_noop(
    "%(field)s: “%(value)s” is not a possible date; an offset lies between -14:00 and +14:00."
)
SKIPPED = gettext_noop(
    "%(field)s: “%(value)s” is not a possible date; the clocks of %(zone)s skip this time, write it with its offset."
)

_PATTERN = re.compile(
    r"(?P<year>\d{4})"
    r"(?:-(?P<month>\d{2})"
    r"(?:-(?P<day>\d{2})"
    r"(?:[T ](?P<hour>\d{2})"
    r"(?::(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?P<fraction>\.\d{1,6})?)?)?"
    r"(?P<offset>Z|[+-]\d{2}:?\d{2})?"
    r")?)?)?",
    re.ASCII,
)


class Precision(StrEnum):
    """The last part that was given."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"
    SECOND = "second"


@dataclass(frozen=True)
class PartialMoment:
    """A time known to a precision; `earliest` and `latest` are aware UTC, both included."""

    text: str
    earliest: datetime
    latest: datetime
    precision: Precision

    @property
    def has_time(self) -> bool:
        """Whether a time of day was given."""
        return self.precision in (Precision.HOUR, Precision.MINUTE, Precision.SECOND)


class ImpossibleDateError(RefusalError):
    """A date that the calendar, the clock or the pattern does not allow."""


def parse_partial(text: str, zone: str | tzinfo, *, field: str = "date") -> PartialMoment:
    """Read an ISO 8601 date that may stop after any part; wall time without offset is in `zone`.

    A date with a gap (`2024---15`, `2024-01-12T-:30`) spans what the parts before the gap allow, one without a year
    (`--01-15`) all years; an interval (`2024-01-10/2024-01-15`) spans both ends.
    A wall time that the zone skips (spring) is refused; one that it repeats (autumn) spans both readings.
    Raises ImpossibleDateError with one sentence that names `field`, the value and the rule.
    """
    written = text.strip()
    match = _PATTERN.fullmatch(written)
    if match is None:
        return _with_gap_or_as_interval(written, zone, field)
    parts = {name: value for name, value in match.groupdict().items() if value is not None}
    precision = _precision(parts)
    if precision in (Precision.YEAR, Precision.MONTH, Precision.DAY):
        first, last = _span_of_days(parts, field, written)
        return PartialMoment(written, _start_of(first, zone), _end_of(last, zone), precision)
    earliest, latest = _span_of_time(parts, precision, zone, field, written)
    return PartialMoment(written, earliest, latest, precision)


def _with_gap_or_as_interval(written: str, zone: str | tzinfo, field: str) -> PartialMoment:
    """What is no plain date: one with an unknown part before known ones, or an interval of two dates."""
    first, slash, last = written.partition("/")
    if slash and "/" not in last:
        return _interval(
            written, parse_partial(first, zone, field=field), parse_partial(last, zone, field=field), field
        )
    known = known_before_gap(written)
    if known is None:
        raise _impossible(field, written, WRITTEN)
    if known:
        whole = parse_partial(known, zone, field=field)
        return replace(whole, text=written)
    any_year = (_start_of(date(FIRST_YEAR, 1, 1), zone), _end_of(date(LAST_YEAR, 12, 31), zone))
    return PartialMoment(written, *any_year, Precision.YEAR)


def _interval(written: str, first: PartialMoment, last: PartialMoment, field: str) -> PartialMoment:
    """From the earliest moment of the first date to the latest of the last.

    Its precision is the part on which both ends agree.
    """
    if last.latest < first.earliest:
        raise _impossible(field, written, WRITTEN)
    same = next(
        (p for p, n in ((Precision.DAY, 10), (Precision.MONTH, 7)) if _agree(first.text, last.text, n)), None
    )
    return PartialMoment(written, first.earliest, last.latest, same or Precision.YEAR)


def _agree(first: str, last: str, length: int) -> bool:
    return len(first) >= length and first[:length] == last[:length] and "-" not in first[:4]


def exact_moment(at: datetime) -> PartialMoment:
    """An exactly known time, from an aware datetime, to compare with partial ones."""
    if at.tzinfo is None:
        raise _impossible("date", at.isoformat(), WITHOUT_OFFSET)
    instant = at.astimezone(UTC)
    return PartialMoment(at.isoformat(), instant, instant, Precision.SECOND)


def _impossible(field: str, value: str, message: str, **params: object) -> ImpossibleDateError:
    return ImpossibleDateError([Refusal(field, message, {"field": field, "value": value, **params})])


def zone_of(zone: str | tzinfo) -> tzinfo:
    """The time zone of an IANA name, or the zone itself."""
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def _precision(parts: dict[str, str]) -> Precision:
    return next(p for p in reversed(Precision) if p.value in parts)


def _span_of_days(parts: dict[str, str], field: str, written: str) -> tuple[date, date]:
    """The first and last calendar day that year, month and day allow."""
    year = int(parts["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _impossible(field, written, OUT_OF_YEARS, first=FIRST_YEAR, last=LAST_YEAR)
    if "month" not in parts:
        return date(year, 1, 1), date(year, 12, 31)
    month = int(parts["month"])
    if not 1 <= month <= 12:
        raise _impossible(field, written, OUT_OF_MONTHS)
    length = monthrange(year, month)[1]
    if "day" not in parts:
        return date(year, month, 1), date(year, month, length)
    day = int(parts["day"])
    if not 1 <= day <= length:
        raise _impossible(field, written, OUT_OF_DAYS, month=f"{year:04d}-{month:02d}", days=length)
    return date(year, month, day), date(year, month, day)


def _start_of(day: date, zone: str | tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(zone)).astimezone(UTC)


def _end_of(day: date, zone: str | tzinfo) -> datetime:
    return _start_of(day + timedelta(days=1), zone) - ONE_TICK


def _span_of_time(
    parts: dict[str, str], precision: Precision, zone: str | tzinfo, field: str, written: str
) -> tuple[datetime, datetime]:
    day, _ = _span_of_days(parts, field, written)
    naive = _naive_moment(day, parts, field, written)
    length = _length(precision, parts)
    if "offset" in parts:
        start = naive.replace(tzinfo=_offset(parts["offset"], field, written)).astimezone(UTC)
        return start, start + length
    return _wall_time(naive, length, zone_of(zone), field, written)


def _naive_moment(day: date, parts: dict[str, str], field: str, written: str) -> datetime:
    hour, minute, second = (int(parts.get(name, "0")) for name in ("hour", "minute", "second"))
    if hour > 23 or minute > 59 or second > 59:
        raise _impossible(field, written, OUT_OF_HOURS)
    microsecond = int(parts.get("fraction", ".0")[1:].ljust(6, "0"))
    return datetime(day.year, day.month, day.day, hour, minute, second, microsecond)  # noqa: DTZ001 (zone follows)


def _length(precision: Precision, parts: dict[str, str]) -> timedelta:
    if "fraction" in parts:
        return timedelta(0)
    whole = {
        Precision.HOUR: timedelta(hours=1),
        Precision.MINUTE: timedelta(minutes=1),
        Precision.SECOND: timedelta(seconds=1),
    }
    return whole[precision] - ONE_TICK


def _offset(text: str, field: str, written: str) -> timezone:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    total = hours * 60 + minutes
    if minutes > 59 or total > LARGEST_OFFSET_MINUTES:
        raise _impossible(field, written, OUT_OF_OFFSETS)
    return timezone(timedelta(minutes=-total if text[0] == "-" else total))


def _wall_time(
    naive: datetime, length: timedelta, zone: tzinfo, field: str, written: str
) -> tuple[datetime, datetime]:
    """Both readings of a wall time in its zone; refused when the zone skips it."""
    first = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) != naive:
        raise _impossible(field, written, SKIPPED, zone=str(zone))
    return min(first, second), max(first, second) + length
