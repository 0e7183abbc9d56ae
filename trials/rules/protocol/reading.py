"""Reading a protocol's tables key by key, collecting every error."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from trials.rules.protocol.problems import Problems
from trials.rules.protocol.values import as_day, as_decimal, is_zone

CODE_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*(?: [A-Za-z0-9_.+-]+)*")
SLUG_PATTERN = re.compile(r"[A-Za-z0-9_-]+")  # trial and site codes stand in addresses and file names
LONGEST_CODE = 40
LONGEST_TEXT = 2000
T = TypeVar("T")


class ProtocolTable:
    """One table of the file. Every getter records a problem and returns a placeholder instead of raising.

    The placeholders never leave this package: no protocol with problems is made.
    """

    def __init__(self, values: Mapping[str, Any], path: str, problems: Problems) -> None:
        self.values = values
        self.path = path
        self.problems = problems
        self._asked: set[str] = set()

    def key(self, name: str) -> str:
        """The dotted name of one of this table's keys."""
        return f"{self.path}.{name}" if self.path else name

    def refuse(self, name: str, rule: str) -> None:
        """Record that the value of `name` breaks `rule`."""
        self.problems.add(self.key(name), self.values.get(name), rule)

    def judge(self, name: str, rule: str) -> None:
        """Record that `name` as a whole breaks `rule`, unless a problem inside it is recorded already."""
        if not self.problems.blame(self.key(name)):
            self.refuse(name, rule)

    def has(self, name: str) -> bool:
        """Whether the key is present."""
        return name in self.values

    def text(self, name: str, *, optional: bool = False, longest: int = LONGEST_TEXT) -> str:
        """A non-empty text of at most `longest` characters; an optional one left out is empty."""
        value = self._take(name, optional, "a text is needed here")
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.refuse(name, "must be a text that is not empty")
            return ""
        if len(value.strip()) > longest:
            self.refuse(name, f"must have at most {longest} characters")
        return value.strip()

    def code(self, name: str) -> str:
        """A code: letters, digits and `_ . + -`, single spaces inside, at most 40 characters."""
        return self._code(name, CODE_PATTERN, "_ . + -")

    def slug(self, name: str) -> str:
        """A code for use in an address: letters, digits and `_ -`, at most 40 characters."""
        return self._code(name, SLUG_PATTERN, "_ -")

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        value = self._take(name, False, f"a whole number from {low} to {high} is needed here")
        if value is None:
            return low
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.refuse(name, f"must be a whole number from {low} to {high}")
            return low
        return value

    def number(self, name: str, low: str, high: str) -> Decimal:
        """A number from `low` to `high`, both included."""
        value = self._take(name, False, f"a number from {low} to {high} is needed here")
        if value is None:
            return Decimal(low)
        number = as_decimal(value)
        if number is None or not Decimal(low) <= number <= Decimal(high):
            self.refuse(name, f"must be a number from {low} to {high}")
            return Decimal(low)
        return number

    def optional_number(self, name: str, low: str, high: str) -> Decimal | None:
        """Like `number`; None when the key is left out."""
        return self.number(name, low, high) if self._expect(name) else None

    def optional_whole(self, name: str, low: int, high: int) -> int | None:
        """Like `whole`; None when the key is left out."""
        return self.whole(name, low, high) if self._expect(name) else None

    def numbers(self, name: str, low: str, high: str) -> tuple[Decimal, ...]:
        """A strictly increasing list of numbers from `low` to `high`, both included; left out = empty."""
        items = [as_decimal(item) for item in self._list(name, optional=True)]
        given = [item for item in items if item is not None and Decimal(low) <= item <= Decimal(high)]
        if len(given) != len(items) or given != sorted(set(given)):
            self.refuse(name, f"must be numbers from {low} to {high}, strictly increasing")
            return ()
        return tuple(given)

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._take(name, False, "true or false is needed here")
        if value is not None and not isinstance(value, bool):
            self.refuse(name, "must be true or false")
        return value is True

    def choice(self, name: str, allowed: Sequence[str]) -> Any:
        """One of the allowed words."""
        words = ", ".join(allowed)
        value = self._take(name, False, f"one of {words} is needed here")
        if value is None:
            return allowed[0]
        if value not in allowed:
            self.refuse(name, f"must be one of {words}")
            return allowed[0]
        return value

    def optional_choice(self, name: str, allowed: Sequence[str]) -> Any:
        """Like `choice`; None when the key is left out."""
        return self.choice(name, allowed) if self._expect(name) else None

    def day(self, name: str) -> date:
        """A calendar day, as a TOML date or as text YYYY-MM-DD."""
        value = self._take(name, False, "a date YYYY-MM-DD is needed here")
        if value is None:
            return date.min
        day = as_day(value)
        if day is None:
            self.refuse(name, "must be a date YYYY-MM-DD")
        return day or date.min

    def zone(self, name: str) -> str:
        """A time zone of the IANA database."""
        value = self.text(name)
        if value and not is_zone(value):
            self.refuse(name, "must be a time zone of the IANA data base, such as Europe/Paris")
        return value

    def texts(self, name: str, allowed: Sequence[str] | None = None) -> tuple[str, ...]:
        """A list of texts without repetition; left out = empty."""
        items = self._list(name, optional=True)
        if any(not isinstance(item, str) or (allowed is not None and item not in allowed) for item in items):
            self.refuse(name, f"must be a list of {', '.join(allowed) if allowed else 'texts'}")
            return ()
        if len(set(items)) != len(items):
            self.refuse(name, "must not name anything twice")
        return tuple(items)

    def wholes(self, name: str, low: int, high: int, *, optional: bool = False) -> tuple[int, ...]:
        """A list of whole numbers from `low` to `high`; an optional one left out is empty."""
        items = self._list(name, optional=optional)
        if any(isinstance(i, bool) or not isinstance(i, int) or not low <= i <= high for i in items):
            self.refuse(name, f"must be a list of whole numbers from {low} to {high}")
            return ()
        return tuple(items)

    def table(self, name: str, make: "Callable[[ProtocolTable], T]") -> T:
        """A required table, read by `make`."""
        value = self._take(name, False, f"a table [{self.key(name)}] is needed here")
        if value is not None and not isinstance(value, Mapping):
            self.refuse(name, "must be a table")
        usable = value if isinstance(value, Mapping) else None
        return self._read(usable or {}, self.key(name), make, quietly=usable is None)

    def optional_table(self, name: str, make: "Callable[[ProtocolTable], T]") -> T | None:
        """Like `table`; None when it is left out."""
        return self.table(name, make) if self._expect(name) else None

    def tables(
        self, name: str, make: "Callable[[ProtocolTable], T]", *, optional: bool = False
    ) -> tuple[T, ...]:
        """A list of tables, each read by `make`; an optional one may be empty or left out."""
        items = self._list(name, optional=optional)
        if any(not isinstance(item, Mapping) for item in items):
            self.refuse(name, f"must be a list of tables [[{self.key(name)}]]")
            return ()
        if not items and not optional and self.has(name):
            self.judge(name, "must have at least one entry")
        return tuple(
            self._read(item, f"{self.key(name)}[{place}]", make) for place, item in enumerate(items, start=1)
        )

    def named_tables(self, name: str, make: "Callable[[ProtocolTable], T]") -> dict[str, T]:
        """A table of tables, each under its own name."""
        value = self._take(name, False, f"tables [{self.key(name)}.NAME] are needed here")
        if value is None:
            return {}
        if not isinstance(value, Mapping) or any(not isinstance(item, Mapping) for item in value.values()):
            self.refuse(name, f"must be tables [{self.key(name)}.NAME]")
            return {}
        return {key: self._read(item, f"{self.key(name)}.{key}", make) for key, item in value.items()}

    def finish(self) -> None:
        """Record every key that no getter read."""
        for name in self.values:
            if name not in self._asked:
                self.refuse(name, "is not a key of a protocol; known here: " + ", ".join(sorted(self._asked)))

    def _code(self, name: str, pattern: "re.Pattern[str]", marks: str) -> str:
        value = self.text(name)
        if value and (len(value) > LONGEST_CODE or pattern.fullmatch(value) is None):
            self.refuse(name, f"must be letters, digits and {marks} (at most {LONGEST_CODE})")
        return value

    def _take(self, name: str, optional: bool, rule: str) -> Any:
        if self._expect(name):
            return self.values[name]
        if not optional:
            self.problems.add(self.key(name), None, rule)
        return None

    def _expect(self, name: str) -> bool:
        self._asked.add(name)
        return name in self.values and self.values[name] is not None

    def _list(self, name: str, *, optional: bool) -> list[Any]:
        value = self._take(name, optional, "a list is needed here")
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.refuse(name, "must be a list")
            return []
        return list(value)

    def _read(
        self,
        values: Mapping[str, Any],
        path: str,
        make: "Callable[[ProtocolTable], T]",
        *,
        quietly: bool = False,
    ) -> T:
        table = ProtocolTable(values, path, Problems() if quietly else self.problems)
        made = make(table)
        table.finish()
        return made
