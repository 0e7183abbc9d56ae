"""The format of days, times, durations and missing values on every page."""

import re
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

NOT_RECORDED = _lazy("not recorded")
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}:\d{2}))?)?)?")
_QUOTED_OR_DATE = re.compile(
    r"(?P<quoted>“[^”]*”|«[^»]*»)"
    r"|(?<![\w-])(?P<date>\d{4}-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?)?)(?![\w-])"
)


def _is_french() -> bool:
    return (get_language() or "").startswith("fr")


def day(value: date | datetime | None) -> str:
    """`06 Apr 2020`, in French `06 avr. 2020`; the day of a time in the page's zone."""
    if value is None:
        return str(NOT_RECORDED)
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return date_format(local, "d N Y" if _is_french() else "d M Y")


study_zone: ContextVar[ZoneInfo | None] = ContextVar("study_zone", default=None)
"""The trial's zone, for study days also on pages in another site's time."""


def study_date(at: datetime) -> date:
    """The calendar day of a time in the trial's zone; in the page's zone where the page belongs to no trial."""
    return timezone.localtime(at, study_zone.get()).date()


def clock(value: datetime) -> str:
    """`03:40` in the page's zone."""
    return timezone.localtime(value).strftime("%H:%M")


def moment(value: datetime | None) -> str:
    """`06 Apr 2020 03:40` in the page's zone."""
    return str(NOT_RECORDED) if value is None else f"{day(value)} {clock(value)}"


def partial(text: str) -> str:
    """A partly known date as far as it is known: `2020`, `Apr 2020`, `06 Apr 2020`, `06 Apr 2020 03:40`."""
    match = _PARTIAL.match(text.strip())
    if match is None:
        return text or str(NOT_RECORDED)
    year, month, on, at = match.groups()
    if month is None:
        return year
    if on is None:
        return date_format(date(int(year), int(month), 1), "N Y" if _is_french() else "M Y")
    return " ".join(filter(None, [day(date(int(year), int(month), int(on))), at]))


def dates_in_words(sentence: str) -> str:
    """A refusal with its ISO dates in the format of pages, times in the page's zone.

    Quoted text stays as typed.
    """
    return _QUOTED_OR_DATE.sub(lambda found: found["quoted"] or _date_in_words(found["date"]), sentence)


def _date_in_words(text: str) -> str:
    try:
        whole = datetime.fromisoformat(text) if ":" in text else None
        return moment(whole) if whole and whole.tzinfo else partial(text)
    except ValueError:
        return text


def duration(value: timedelta) -> str:
    """`12 min`, `3 h 40`, `2 days`: whole minutes, without a sign."""
    minutes = int(abs(value.total_seconds()) // 60)
    if abs(value) < timedelta(hours=1):
        return _("%(minutes)d min") % {"minutes": minutes}
    if abs(value) < timedelta(hours=48):
        return f"{minutes // 60} h {minutes % 60:02d}"
    return _("%(days)d days") % {"days": minutes // (24 * 60)}


def study_day_label(day0: date | None, on: date) -> str:
    """`D5`, `D−1`; empty when day 0 is not known."""
    if day0 is None:
        return ""
    number = (on - day0).days
    letter = "J" if _is_french() else "D"
    return f"{letter}{number}" if number >= 0 else f"{letter}−{-number}"


def number(value: float | Decimal, form: str = "") -> str:
    """A number by a format specification, with the decimal sign of the page's language.

    Thousands are not broken across lines.
    """
    return format(value, form).replace(".", str(get_format("DECIMAL_SEPARATOR")))
