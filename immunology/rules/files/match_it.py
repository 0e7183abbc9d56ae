"""Reads exports of MATCH IT! (Immucor): one row per allele; the two chains of a heterodimer are two rows.

Chains pair by their bead's number; without that column only strictly consecutive rows of the same serum do, α and β of
one locus with equal value and assignment. Equal values alone are no pair, because two heterodimers may have the same.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from immunology.rules.files.columns import FileProblems, check_sera, counts_in, dates_in, numbers_in
from immunology.rules.files.parts import Answers, Bead, BeadRole, Handling, Kit, SerumRun, Vendor
from immunology.rules.files.rule_texts import gettext
from immunology.rules.files.specificities import is_empty, read_specificity_text
from immunology.rules.files.text import FileTable

SIGNS = frozenset({"sampleid", "lotid", "allele", "rawvalue"})
_CONTROLS = {
    "NC": BeadRole.NEGATIVE,
    "PC": BeadRole.POSITIVE,
    "N1": BeadRole.NEGATIVE,
    "P1": BeadRole.POSITIVE,
}
_PARTNER = {"DQA1": "DQB1", "DPA1": "DPB1", "DQB1": "DQA1", "DPB1": "DPA1"}
_ALPHA = frozenset({"DQA1", "DPA1"})


class _Row(NamedTuple):
    """One row: an allele with its value."""

    bead_id: str
    allele: str
    assignment: str
    raw: Decimal | None
    count: int | None  # type: ignore[assignment]
    line: int

    @property
    def locus(self) -> str:
        return self.allele.split("*", 1)[0].removeprefix("HLA-")


def read_match_it(table: FileTable, answers: Answers, problems: FileProblems) -> tuple[SerumRun, ...]:
    """The sera of an export; problems are added to `problems`."""
    if not problems.need(table, "sampleid", "lotid", "rundate", "allele", "rawvalue"):
        return ()
    dates = dates_in(table, "rundate", answers, problems)
    sera: dict[tuple[str, str, date | None], list[_Row]] = defaultdict(list)
    keys = zip(table.column("sampleid"), table.column("lotid"), dates, strict=True)
    for key, row in zip(keys, _rows(table, answers, problems), strict=True):
        if not key[0]:
            problems.refuse(row.line, "Sample ID", "", gettext("the row names no serum"))
        sera[key].append(row)
    has_ids = "beadid" in table.columns
    found = tuple(
        _serum(*key, tuple(_beads(rows, has_ids, problems)), answers.handling) for key, rows in sera.items()
    )
    check_sera(found, problems)
    return found


def _rows(table: FileTable, answers: Answers, problems: FileProblems) -> list[_Row]:
    numbers = numbers_in(table, ("rawvalue",), answers, problems)
    counts = counts_in(table, "beadcount", problems)
    columns = (table.column("beadid"), table.column("allele"), table.column("assignment"))
    return [_Row(*values) for values in zip(*columns, numbers["rawvalue"], counts, table.lines, strict=True)]


def _serum(sample: str, lot: str, on: date | None, beads: tuple[Bead, ...], handling: Handling) -> SerumRun:
    run = " ".join(filter(None, [lot, on.isoformat() if on else ""]))
    return SerumRun(sample, run[:60], on, match_it_kit_of(lot), beads, handling, software="MATCH IT!")


def match_it_kit_of(lot: str) -> Kit:
    """The kit and its class: the lot of class I ends with SA1, that of class II with SA2."""
    ending = lot.upper()[-3:]
    hla_class = {"SA1": "I", "SA2": "II"}.get(ending, "")
    return Kit(Vendor.IMMUCOR, f"LSA{ending[-1]}" if hla_class else "", lot, hla_class)


def _beads(rows: list[_Row], has_ids: bool, problems: FileProblems) -> Iterator[Bead]:
    pairs = _paired_by_bead(rows) if has_ids else _paired_by_neighbour(rows)
    for one, other in pairs:
        yield _bead(one, other, problems)


def _paired_by_bead(rows: list[_Row]) -> Iterator[tuple[_Row, _Row | None]]:
    by_bead: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        by_bead[row.bead_id or f"line {row.line}"].append(row)
    for of_bead in by_bead.values():
        if len(of_bead) == 2 and _are_chains(*of_bead):
            yield of_bead[0], of_bead[1]
        else:
            yield from ((row, None) for row in of_bead)


def _paired_by_neighbour(rows: list[_Row]) -> Iterator[tuple[_Row, _Row | None]]:
    place = 0
    while place < len(rows):
        row, following = rows[place], rows[place + 1] if place + 1 < len(rows) else None
        if following is not None and _are_neighbours(row, following):
            yield row, following
            place += 2
        else:
            yield row, None
            place += 1


def _are_chains(one: _Row, other: _Row) -> bool:
    return _PARTNER.get(one.locus) == other.locus


def _are_neighbours(one: _Row, other: _Row) -> bool:
    same = (one.raw, one.assignment, one.count) == (other.raw, other.assignment, other.count)
    return same and one.locus in _ALPHA and _are_chains(one, other) and other.line == one.line + 1


def _bead(one: _Row, other: _Row | None, problems: FileProblems) -> Bead:
    role = _CONTROLS.get(one.allele.upper())
    if role is not None:
        return Bead(one.bead_id, role, "", one.allele, one.raw, one.line, None, one.count)
    if one.locus in _PARTNER and other is None and "*" in one.allele:
        rule = gettext(
            "the row of its other chain (%(name)s) with the same value does not stand beside it"
        ) % {"name": _PARTNER[one.locus]}
        problems.refuse(one.line, "Allele", one.allele, rule)
    if other is not None and (one.raw, one.assignment) != (other.raw, other.assignment):
        problems.refuse(
            other.line,
            "Raw Value",
            str(other.raw),
            gettext("the bead's other chain has %(raw)s") % {"raw": one.raw},
        )
    if is_empty(one.allele):
        problems.refuse(one.line, "Allele", one.allele, gettext("the bead has no name"))
    written = one.allele if other is None else f"{one.allele}~{other.allele}"
    named = read_specificity_text(written)
    return Bead(
        one.bead_id, BeadRole.TARGET, named.text, written, one.raw, one.line, None, one.count, None, "", one.assignment,
        named.public,
    )  # fmt: skip
