"""Numbers as the file's software writes them: the decimal separator is decided over all of them, or by a person.

`1.234` and `1,234` alone may be one and a bit or a thousand; a value such as `70,96` or `1.234,5` proves which.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

MISSING = frozenset({"", "-", "–", "NA", "N/A", "NAN", "NULL", "NONE", "."})
_BLANKS = re.compile(r"(?<=\d)[ \u00a0\u202f'’](?=\d{3})")
_PLAIN = re.compile(r"[+-]?\d+")
_SEPARATED = re.compile(r"[+-]?(?P<whole>\d[\d.,]*?)(?P<last>[.,])(?P<rest>\d+)")


@dataclass(frozen=True)
class Convention:
    """The way numbers are written.

    `decimal` is "" when no value has a separator; `is_open` when nothing proves which it is; `contradicts` has two
    values that prove different ones.
    """

    decimal: str
    is_open: bool = False
    contradicts: tuple[str, str] | None = None


def decide_convention(values: Iterable[str], answer: str = "") -> Convention:
    """The convention that all values prove together, or a person's answer where none does."""
    proofs: dict[str, str] = {}
    doubtful = False
    for value in {text for text in values if "," in text or "." in text}:
        proved = _proved(_BLANKS.sub("", value.strip()))
        if proved is None:
            doubtful = True
        elif proved:
            proofs.setdefault(proved, value)
    if len(proofs) > 1:
        return Convention("", contradicts=(proofs[","], proofs["."]))
    if proofs:
        return Convention(next(iter(proofs)))
    return Convention(answer, is_open=doubtful and not answer)


def _proved(value: str) -> str | None:
    """The decimal separator that a value proves.

    "" when it proves none (no number), `None` when it may be either.
    """
    match = _SEPARATED.fullmatch(value)
    if not match:
        return ""
    whole, last, rest = match["whole"], match["last"], match["rest"]
    other = "." if last == "," else ","
    if other in whole:
        return last if last not in whole else ""
    if last in whole:
        return other
    if len(rest) != 3 or len(whole) > 3 or whole == "0":
        return last
    return None


def number_reader(convention: Convention) -> Callable[[str], Decimal | None]:
    """Reads one text as a number, `None` when it is missing; raises ValueError for other text.

    A thousands separator may be between groups of three digits only. Powers of ten (`1.2E+04`) are refused: a
    spreadsheet has rounded them.
    """
    decimal = convention.decimal or "."
    thousands = "," if decimal == "." else "."
    grouped = re.compile(rf"[+-]?\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(decimal)}\d+)?")
    plain = re.compile(rf"[+-]?\d+(?:{re.escape(decimal)}\d+)?")
    known: dict[str, Decimal | None] = {}

    def read(text: str) -> Decimal | None:
        try:
            return known[text]
        except KeyError:
            found = known[text] = parse(text.strip())
            return found

    def parse(text: str) -> Decimal | None:
        if text.upper() in MISSING:
            return None
        value = _BLANKS.sub("", text)
        if plain.fullmatch(value):
            return Decimal(value.replace(decimal, "."))
        if grouped.fullmatch(value):
            return Decimal(value.replace(thousands, "").replace(decimal, "."))
        raise ValueError(text)

    return read


def bead_count_of(text: str) -> int | None:
    """A number of beads, `None` when missing. Raises ValueError for other text than a whole number."""
    value = text.strip()
    if value.upper() in MISSING:
        return None
    if not _PLAIN.fullmatch(value) or int(value) < 0:
        raise ValueError(text)
    return int(value)
