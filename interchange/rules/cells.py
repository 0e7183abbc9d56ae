"""Reads the values of one row and collects refusals, so that one pass lists every bad value of a study."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from interchange.rules.remarks import ImportRemark
from interchange.rules.rows import BadRow, SourceRow
from interchange.rules.terminology import YES_NO
from partial_dates import (
    FIRST_YEAR,
    LAST_YEAR,
    ImpossibleDateError,
    PartialMoment,
    known_before_gap,
    local_date,
    parse_partial,
)

SAS_MISSING_NUMBER = "."
_NUMBER = re.compile(r"[+-]?(?:\d{1,20}\.?\d{0,20}|\.\d{1,20})(?:[eE][+-]?\d{1,2})?", re.ASCII)
LONGEST_DATE = 32  # characters of a stored date
LENGTH_OF_DAY = len("2020-04-06")
LARGEST_SEQUENCE = 2**31 - 1  # range of a stored number
LONGEST_SHOWN_VALUE = 200  # characters of a value quoted in a bad row


@dataclass(frozen=True)
class Notes:
    """Of one data set: the variables that were read, and the remarks on its rows."""

    used: set[str] = field(default_factory=set)
    remarks: list[ImportRemark] = field(default_factory=list)


class Cells:
    """The cells of one row.

    Every reader returns None (or '') for what is missing or refused; refusals are collected.
    """

    def __init__(
        self, row: SourceRow, refused: list[BadRow], at: datetime, notes: "Notes | None" = None
    ) -> None:
        self.row = row
        self._notes = notes or Notes()
        self._at = at
        self._refused = refused
        self._refused_before = len(refused)

    @property
    def are_sound(self) -> bool:
        """Whether no value of this row was refused so far."""
        return len(self._refused) == self._refused_before

    def refuse(self, variable: str, reason: str) -> None:
        """List the value of `variable` as bad."""
        value = self.row.values.get(variable, "")[:LONGEST_SHOWN_VALUE]
        self._refused.append(BadRow(self.row.file, self.row.line, variable, value, reason))

    def remark(self, code: str, message: str) -> None:
        """Record a remark on this row, which is imported nevertheless."""
        record = f"{self.row.file} line {self.row.line}"
        self._notes.remarks.append(ImportRemark(code, record, message, self.row.values.get("USUBJID", "")))

    def text(self, variable: str) -> str:
        """The value as written; empty when missing or when the data set has no such variable."""
        self._notes.used.add(variable)
        return self.row.values.get(variable, "")

    def required(self, variable: str) -> str:
        """The value as written; refused when empty."""
        value = self.text(variable)
        if not value:
            self.refuse(variable, "the value is required")
        return value

    def term(self, variable: str, allowed: Collection[str]) -> str:
        """A controlled term in capitals; empty when missing."""
        value = self.text(variable).upper()
        if value and value not in allowed:
            self.refuse(variable, f"the value is none of {', '.join(allowed)}")
            return ""
        return value

    def flag(self, variable: str) -> bool | None:
        """Y or N; None when missing: unknown is not no."""
        value = self.term(variable, YES_NO)
        return value == "Y" if value else None

    def number(self, variable: str) -> Decimal | None:
        """A finite number; `.` is SAS's missing."""
        value = self.text(variable)
        if value in ("", SAS_MISSING_NUMBER):
            return None
        number = decimal_of(value)
        if number is None:
            self.refuse(variable, "the value is not a number")
        return number

    def whole(self, variable: str) -> int | None:
        """A whole number; `3.0` is 3, as SAS writes it."""
        number = self.number(variable)
        if number is None:
            return None
        if number != number.to_integral_value():
            self.refuse(variable, "the value is not a whole number")
            return None
        return int(number)

    def sequence(self, variable: str) -> int:
        """The row's number within the participant (--SEQ), a whole number from 1; 0 after a refusal."""
        if not self.required(variable):
            return 0
        number = self.whole(variable)
        if number is not None and not 1 <= number <= LARGEST_SEQUENCE:
            self.refuse(variable, f"a sequence number lies between 1 and {LARGEST_SEQUENCE}")
        return number or 0

    def short(self, variable: str, longest: int) -> str:
        """The value as written; refused when it has more than `longest` characters."""
        value = self.text(variable)
        if len(value) > longest:
            self.refuse(variable, f"the text has more than {longest} characters")
        return value

    def amount(self, variable: str, *, decimals: int, highest: Decimal) -> Decimal | None:
        """A number from 0 to `highest`, rounded half up to `decimals`: the range of the record's field."""
        number = self.number(variable)
        if number is None:
            return None
        if not 0 <= number <= highest:
            self.refuse(variable, f"the value lies between 0 and {highest}")
            return None
        return number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)

    def moment(self, variable: str, zone: str) -> PartialMoment | None:
        """A date that may be partial, stored as given; wall time is in `zone`.

        A date in the future is refused.
        """
        value = self.text(variable)
        if not value:
            return None
        moment = _moment(value, zone)
        if isinstance(moment, str):
            self.refuse(variable, moment)
            return None
        if moment.earliest > self._at:
            self.refuse(variable, "the date lies in the future; only what has happened is recorded")
        if len(moment.text) > LONGEST_DATE:
            moment = replace(moment, text="/".join(part[:LENGTH_OF_DAY] for part in moment.text.split("/")))
        if not is_plain(value):
            self.remark(
                "date_with_gap",
                f"{variable}: “{value}” is no plain date; it is read as {_span(moment, zone)}.",
            )
        return moment


def decimal_of(value: str) -> Decimal | None:
    """A plain or scientific decimal number of at most twenty digits, or None."""
    return Decimal(value) if _NUMBER.fullmatch(value) else None


def is_plain(value: str) -> bool:
    """Whether a date is cut off at the right, without a gap, and no interval."""
    return "/" not in value and known_before_gap(value) is None


def _span(moment: PartialMoment, zone: str) -> str:
    """The days that a date can mean, in words."""
    first, last = local_date(moment.earliest, zone), local_date(moment.latest, zone)
    if (first.year, last.year) == (FIRST_YEAR, LAST_YEAR):
        return "a day of an unknown year"
    return (
        f"{first.isoformat()}" if first == last else f"a day from {first.isoformat()} to {last.isoformat()}"
    )


@lru_cache(maxsize=16384)  # a vital-signs file repeats each day a hundred times
def _moment(value: str, zone: str) -> PartialMoment | str:
    try:
        return parse_partial(value, zone, field="the date")
    except ImpossibleDateError as refusal:
        return str(refusal).removesuffix(".")
