"""Reading the files of rules and of reference safety information.

Every refusal names element, value and rule.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from partial_dates.refusals import Refusal, RefusalError, gettext_noop
from pharmacovigilance.choices import Basis, Judgement, ReportDestination, Trigger
from pharmacovigilance.rules.expectedness import ListedTerm

GRADES = range(1, 6)
MOST_TERMS = 20_000
LONGEST = 250
RULE_KEYS = frozenset(
    {"code", "label", "destination", "trigger", "basis", "judgement", "hours", "days", "from", "until", "on", "blinded",
     "countries", "source"}
)  # fmt: skip
RSI_KEYS = frozenset({"trial", "version", "effective", "source", "terms"})
TERM_KEYS = frozenset({"dictionary", "code", "term", "worst_grade"})


@dataclass(frozen=True)
class RuleFacts:
    """One rule of a file. `countries`: on when the trial has a site in one of them; empty: `is_on` decides."""

    code: str
    label: str
    destination: str
    trigger: str
    basis: str
    judgement: str
    hours: int | None
    days: int | None
    effective_from: date
    effective_until: date | None
    is_on: bool
    blinded: bool
    countries: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class RsiFile:
    """One version of the reference safety information in a file."""

    trial: str
    label: str
    effective_date: date
    source: str
    terms: tuple[ListedTerm, ...]


def read_rules(content: Mapping[str, Any]) -> tuple[RuleFacts, ...]:
    """The rules of a file with `[[rules]]`. Raises RefusalError with every error."""
    reader = _Reader()
    rows = content.get("rules")
    if not isinstance(rows, list) or not rows:
        raise RefusalError([Refusal("rules", gettext_noop("rules: empty; the file needs [[rules]]."))])
    facts = [_rule(reader, row, f"rules[{place}]") for place, row in enumerate(rows)]
    codes = [one.code for one in facts]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        reader.refuse("rules.code", code, "each code stands once")
    reader.finish()
    return tuple(facts)


def _rule(reader: "_Reader", row: Any, where: str) -> RuleFacts:
    table = reader.table(row, where, RULE_KEYS)
    hours, days = (reader.number(table, name, where, 1, 3650) for name in ("hours", "days"))
    if (hours is None) == (days is None):
        reader.refuse(where, f"hours {hours}, days {days}", "a rule has hours or days, one of them")
    first, last = reader.day(table, "from", where, needed=True), reader.day(table, "until", where)
    if first and last and last < first:
        reader.refuse(f"{where}.until", last, "not before the day from which the rule is in force")
    return RuleFacts(
        code=reader.text(table, "code", where),
        label=reader.text(table, "label", where),
        destination=reader.choice(table, "destination", where, [*ReportDestination]),
        trigger=reader.choice(table, "trigger", where, [*Trigger]),
        basis=reader.choice(table, "basis", where, [*Basis]),
        judgement=reader.choice(table, "judgement", where, [*Judgement], default=Judgement.EITHER),
        hours=hours,
        days=days,
        effective_from=first or date.min,
        effective_until=last,
        is_on=reader.flag(table, "on", where, default=True),
        blinded=reader.flag(table, "blinded", where, default=True),
        countries=tuple(table.get("countries", ())),
        source=reader.text(table, "source", where),
    )


def read_rsi(content: Mapping[str, Any]) -> RsiFile:
    """A version of the reference safety information. Raises RefusalError with every error."""
    reader = _Reader()
    table = reader.table(content, "file", RSI_KEYS)
    rows = table.get("terms", [])
    if not isinstance(rows, list) or len(rows) > MOST_TERMS:
        reader.refuse(
            "terms", type(rows).__name__, f"a list of at most {MOST_TERMS} terms; [] when none is expected"
        )
        rows = []
    found = RsiFile(
        trial=reader.text(table, "trial", ""),
        label=reader.text(table, "version", ""),
        effective_date=reader.day(table, "effective", "", needed=True) or date.min,
        source=reader.text(table, "source", ""),
        terms=tuple(_term(reader, row, f"terms[{place}]") for place, row in enumerate(rows)),
    )
    for key in sorted(_twice(found.terms)):
        reader.refuse("terms", " · ".join(key), "each term stands once, with its worst grade")
    reader.finish()
    return found


def _term(reader: "_Reader", row: Any, where: str) -> ListedTerm:
    table = reader.table(row, where, TERM_KEYS)
    grade = reader.number(table, "worst_grade", where, min(GRADES), max(GRADES))
    if grade is None:
        reader.refuse(
            f"{where}.worst_grade", table.get("worst_grade"), "the worst grade that is expected, 1 to 5"
        )
    code = str(table.get("code", "")).strip()
    return ListedTerm(
        reader.text(table, "dictionary", where), code, reader.text(table, "term", where), grade or 1
    )


def _twice(terms: tuple[ListedTerm, ...]) -> Iterator[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    for term in terms:
        key = (term.dictionary, term.code or term.term.casefold())
        if key in seen:
            yield key
        seen.add(key)


class _Reader:
    """Collects refusals, so that all errors of a file are reported at once."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []

    def refuse(self, element: str, value: object, rule: str) -> None:
        message = gettext_noop("%(element)s: “%(value)s” is refused; the rule: %(rule)s.")
        shown = "nothing" if value is None else str(value)[:60]
        self.refusals.append(Refusal(element, message, {"element": element, "value": shown, "rule": rule}))

    def finish(self) -> None:
        if self.refusals:
            raise RefusalError(self.refusals)

    def table(self, row: Any, where: str, known: frozenset[str]) -> Mapping[str, Any]:
        if not isinstance(row, Mapping):
            self.refuse(where, row, "a table")
            return {}
        for name in sorted(set(row) - known):
            self.refuse(f"{where}.{name}", row[name], f"known keys are {', '.join(sorted(known))}")
        return row

    def text(self, table: Mapping[str, Any], name: str, where: str) -> str:
        value = table.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > 4 * LONGEST or "\x00" in value:
            self.refuse(_path(where, name), value, f"a text of 1 to {4 * LONGEST} characters")
            return ""
        return value.strip()

    def number(self, table: Mapping[str, Any], name: str, where: str, least: int, most: int) -> int | None:
        value = table.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.refuse(_path(where, name), value, f"a whole number from {least} to {most}")
            return None
        return value

    def day(self, table: Mapping[str, Any], name: str, where: str, *, needed: bool = False) -> date | None:
        value = table.get(name)
        if value is None and not needed:
            return None
        if type(value) is not date:
            self.refuse(_path(where, name), value, "a day, 2026-01-31, without quotes")
            return None
        return value

    def choice(
        self, table: Mapping[str, Any], name: str, where: str, known: list[Any], default: str = ""
    ) -> str:
        value = table.get(name, default)
        if value not in [str(one) for one in known]:
            self.refuse(_path(where, name), value, f"one of {', '.join(str(one) for one in known)}")
        return str(value)

    def flag(self, table: Mapping[str, Any], name: str, where: str, *, default: bool) -> bool:
        value = table.get(name, default)
        if not isinstance(value, bool):
            self.refuse(_path(where, name), value, "true or false")
        return value is True


def _path(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
