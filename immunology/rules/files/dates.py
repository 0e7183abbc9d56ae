"""Dates as the file's software writes them.

The order of day and month is decided over the whole file, or by a person.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

ORDERS = ("dmy", "mdy", "ymd")
_NUMBERS = re.compile(r"(\d{1,4})\s*[-./\s]\s*(\d{1,2})\s*[-./\s]\s*(\d{1,4})(?:[T\s].*)?")
_NAMED = re.compile(r"(\d{1,2})[-./\s]+([A-Za-zéû]{3,})\.?[-./\s]+(\d{4})(?:\s.*)?")
_MONTH_NAMES = (
    ("jan", "janv"), ("feb", "fév", "fev"), ("mar", "mars"), ("apr", "avr"), ("may", "mai"), ("jun", "juin"),
    ("jul", "juil"), ("aug", "aoû", "aou"), ("sep", "sept"), ("oct",), ("nov",), ("dec", "déc"),
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}


@dataclass(frozen=True)
class DateOrder:
    """The order of day and month in a file.

    `order` is dmy, mdy or "" (every date is unambiguous); `is_open` when nothing proves it; `contradicts` has two dates
    that prove different orders.
    """

    order: str
    is_open: bool = False
    contradicts: tuple[str, str] | None = None


def decide_order(texts: Iterable[str], answer: str = "") -> DateOrder:
    """The order that a day above 12 in the file proves, or a person's answer where none does."""
    proofs: dict[str, str] = {}
    doubtful = False
    for text in {one.strip() for one in texts if one.strip()}:
        match = _NUMBERS.fullmatch(text)
        if not match or len(match[1]) == 4:
            continue
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second:
            proofs.setdefault("dmy", text)
        elif second > 12 >= first:
            proofs.setdefault("mdy", text)
        else:
            doubtful = doubtful or first != second
    if len(proofs) > 1:
        return DateOrder("", contradicts=(proofs["dmy"], proofs["mdy"]))
    if proofs:
        return DateOrder(next(iter(proofs)))
    return DateOrder(answer, is_open=doubtful and not answer)


def read_date(text: str, order: str) -> date | None:
    """The day of a text, `None` when it is empty. Raises ValueError for other text."""
    value = text.strip()
    if not value:
        return None
    named = _NAMED.fullmatch(value)
    if named:
        months = {number for name, number in _MONTHS.items() if named[2].lower().startswith(name)}
        if len(months) != 1:
            raise ValueError(text)
        return date(int(named[3]), months.pop(), int(named[1]))
    match = _NUMBERS.fullmatch(value)
    if not match:
        raise ValueError(text)
    parts = [int(part) for part in match.groups()]
    if len(match[1]) == 4:
        return date(*parts)
    first, second, year = parts
    day, month = (second, first) if order == "mdy" else (first, second)
    return date(year + 2000 if year < 100 else year, month, day)
