"""Whole columns of a table as numbers, counts and dates; unreadable values are refused with their line."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from immunology.rules.files.dates import decide_order, read_date
from immunology.rules.files.numbers import bead_count_of, decide_convention, number_reader
from immunology.rules.files.parts import NO_LINE, Answers, Ask, FileRefusal, SerumRun
from immunology.rules.files.rule_texts import gettext
from immunology.rules.files.specificities import read_specificity_text
from immunology.rules.files.text import FileTable

T = TypeVar("T")
SHOWN = 20
"""How many refusals of one kind are listed; a wrong column would fill the screen."""


@dataclass
class FileProblems:
    """The problems that a reader collects."""

    file: str
    refused: list[FileRefusal] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)

    def refuse(self, line: int, name: str, value: str, rule: str) -> None:
        """Add one refusal; of one field and rule no more than `SHOWN`."""
        alike = sum(1 for one in self.refused if (one.field, one.rule) == (name, rule))
        if alike < SHOWN:
            self.refused.append(FileRefusal(self.file, line, name, value, rule))

    def ask(self, ask: Ask) -> None:
        """Add one question, once."""
        if ask not in self.asks:
            self.asks.append(ask)

    def need(self, table: FileTable, *names: str) -> bool:
        """Whether the table has all of these columns; each missing one is refused."""
        missing = [name for name in names if name not in table.columns]
        for name in missing:
            self.refuse(1, "column", name, gettext("the file has no such column"))
        return not missing


def numbers_in(
    table: FileTable, names: Iterable[str], answers: Answers, problems: FileProblems
) -> dict[str, list[Decimal | None]]:
    """Columns as numbers, with one convention for all of them. A question or contradiction leaves them empty."""
    texts = {name: table.column(name) for name in names}
    found = read_numbers([value for column in texts.values() for value in column], answers, problems)
    if found is None:
        return {name: [None] * len(table.rows) for name in texts}
    return {
        name: _converted(found, column, table, name, gettext("it is no number"), problems)
        for name, column in texts.items()
    }


def read_numbers(
    values: Sequence[str], answers: Answers, problems: FileProblems
) -> Callable[[str], Decimal | None] | None:
    """The reader of the file's numbers; `None` when they contradict each other or a person must decide."""
    convention = decide_convention(values, answers.decimal)
    if convention.contradicts:
        comma, point = convention.contradicts
        rule = gettext("it has a decimal comma, and “%(point)s” in the same file a decimal point") % {
            "point": point
        }
        problems.refuse(NO_LINE, "number", comma, rule)
        return None
    if convention.is_open:
        problems.ask(Ask.DECIMAL_SEPARATOR)
        return None
    return number_reader(convention)


def _converted(
    convert: Callable[[str], T | None],
    column: Sequence[str],
    table: FileTable,
    name: str,
    rule: str,
    problems: FileProblems,
) -> list[T | None]:
    try:
        return list(map(convert, column))
    except ValueError:
        return [
            _one(convert, value, line, name, rule, problems)
            for value, line in zip(column, table.lines, strict=True)
        ]


def _one(
    convert: Callable[[str], T | None], value: str, line: int, name: str, rule: str, problems: FileProblems
) -> T | None:
    try:
        return convert(value)
    except ValueError:
        problems.refuse(line, name, value, rule)
        return None


def counts_in(table: FileTable, name: str, problems: FileProblems) -> list[int | None]:
    """A column as numbers of beads."""
    return _converted(
        bead_count_of, table.column(name), table, name, gettext("it is no number of beads"), problems
    )


def dates_in(table: FileTable, name: str, answers: Answers, problems: FileProblems) -> list[date | None]:
    """A column as days; the order of day and month is decided over the whole column, or by a person."""
    texts = table.column(name)
    read = date_reader(texts, answers, problems)
    if read is None:
        return [None] * len(texts)
    known: dict[str, date | None] = {}

    def remembered(text: str) -> date | None:
        if text not in known:
            known[text] = read(text)
        return known[text]

    return _converted(remembered, texts, table, name, gettext("it is no date"), problems)


def date_reader(
    texts: Sequence[str], answers: Answers, problems: FileProblems
) -> Callable[[str], date | None] | None:
    """The reader of the file's dates; `None` when they contradict each other or a person must decide."""
    order = decide_order(texts, answers.date_order)
    if order.contradicts:
        day_first, month_first = order.contradicts
        rule = gettext("its day stands first, and in “%(month_first)s” of the same file the month") % {
            "month_first": month_first
        }
        problems.refuse(NO_LINE, "date", day_first, rule)
        return None
    if order.is_open:
        problems.ask(Ask.DATE_ORDER)
        return None
    return lambda text: read_date(text, order.order)


def check_sera(sera: Sequence[SerumRun], problems: FileProblems) -> None:
    """What holds of every file, whoever exported it.

    No raw value below 0, one lot per class, no bead twice, as many beads in every serum, the class of the kit.
    """
    for serum in sera:
        _check_beads(serum, problems)
    _check_lots(sera, problems)
    _check_lengths(sera, problems)


def _check_beads(serum: SerumRun, problems: FileProblems) -> None:
    seen: set[str] = set()
    for bead in serum.beads:
        if bead.mfi_raw is not None and bead.mfi_raw < 0:
            problems.refuse(bead.line, "raw MFI", str(bead.mfi_raw), gettext("a raw value is not below 0"))
        if not bead.bead_id and not bead.target_raw:
            problems.refuse(bead.line, "bead", "", gettext("the bead has neither a number nor a name"))
        key = bead.bead_id or bead.specificity or bead.target_raw
        if key in seen:
            problems.refuse(
                bead.line,
                "bead",
                key,
                gettext("serum %(specimen)s has it twice in this run") % {"specimen": serum.specimen},
            )
        seen.add(key)
        in_class = read_specificity_text(bead.target_raw).hla_class if bead.specificity else ""
        if in_class and serum.kit.hla_class and in_class != serum.kit.hla_class:
            rule = gettext("it is of class %(in_class)s, and the kit of class %(hla_class)s") % {
                "in_class": in_class,
                "hla_class": serum.kit.hla_class,
            }
            problems.refuse(bead.line, "specificity", bead.target_raw, rule)


def _check_lots(sera: Sequence[SerumRun], problems: FileProblems) -> None:
    lots: dict[str, str] = {}
    for serum in sera:
        known = lots.setdefault(serum.kit.hla_class, serum.kit.lot)
        if serum.kit.lot != known:
            rule = gettext("the file has lot %(known)s before; one file has one lot per class") % {
                "known": known
            }
            problems.refuse(_line_of(serum), "lot", serum.kit.lot, rule)


def _check_lengths(sera: Sequence[SerumRun], problems: FileProblems) -> None:
    longest: dict[tuple[str, str], SerumRun] = {}
    for serum in sera:
        key = (serum.kit.catalog, serum.kit.lot)
        if len(serum.beads) > len(longest.setdefault(key, serum).beads):
            longest[key] = serum
    for serum in sera:
        whole = longest[serum.kit.catalog, serum.kit.lot]
        if len(serum.beads) < len(whole.beads):
            rule = gettext(
                "it has %(count)s beads, and serum %(specimen)s of the same kit has %(count2)s"
            ) % {"count": len(serum.beads), "specimen": whole.specimen, "count2": len(whole.beads)}
            problems.refuse(_line_of(serum), "serum", serum.specimen, rule)


def _line_of(serum: SerumRun) -> int:
    return serum.beads[0].line if serum.beads else NO_LINE
