"""Reads the CSV of Luminex xPONENT: blocks of one statistic each, one row per well, one column per bead.

The values are those of the block `Median` (not `Avg Net MFI`, which is an average over wells). The beads' antigens are
in the lot file (`.eds`), unless the columns have HLA names.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from immunology.rules.files.columns import FileProblems, check_sera, date_reader, read_numbers
from immunology.rules.files.eds import beads_without_name, lowest_of_groups, vendor_call
from immunology.rules.files.match_it import match_it_kit_of
from immunology.rules.files.numbers import bead_count_of
from immunology.rules.files.parts import (
    NO_LINE,
    Answers,
    Ask,
    Bead,
    BeadRole,
    Kit,
    LotLimits,
    SerumRun,
    Vendor,
)
from immunology.rules.files.rule_texts import gettext
from immunology.rules.files.specificities import read_specificity_text
from immunology.rules.files.text import commonest_separator

NumberReader = Callable[[str], Decimal | None]
_ROLES = {"NC": BeadRole.NEGATIVE, "PC": BeadRole.POSITIVE}
_NOT_ANALYTES = frozenset({"Location", "Sample", "Total Events", "Notes", ""})
_DATES = ("Date", "BatchStartTime", "BatchStopTime")
MEDIAN, COUNT, PER_BEAD, DILUTION, BEAD_IDS = "Median", "Count", "Per Bead Count", "Dilution Factor", "Units"


@dataclass
class StatisticBlock:
    """One statistic: its headings and its rows with their lines."""

    headings: list[str] = field(default_factory=list)
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)


@dataclass
class Batch:
    """A file in its parts: the header's values, every text that may be a date, and the blocks by name."""

    header: dict[str, list[str]]
    dates: list[str]
    blocks: dict[str, StatisticBlock]


def is_xponent(text: str) -> bool:
    """Whether the text begins like an export of xPONENT."""
    return text.lstrip("\ufeff\r\n").replace('"', "").lower().startswith("program") and "DataType:" in text


def read_xponent(
    text: str, limits: LotLimits | None, answers: Answers, problems: FileProblems
) -> tuple[tuple[SerumRun, ...], LotLimits | None]:
    """The sera of a batch and the lot's limits with the batch's own minimum of beads.

    Problems are added to `problems`.
    """
    batch = _batch(text)
    block = batch.blocks.get(MEDIAN)
    if block is None or not block.rows:
        problems.refuse(NO_LINE, "DataType", MEDIAN, gettext("the file has no block of medians with wells"))
        return (), limits
    analytes = [name for name in block.headings if name not in _NOT_ANALYTES]
    limits = _with_count(batch, limits, problems)
    if not _is_described(batch, analytes, limits, problems):
        return (), limits
    sera = _sera(batch, block, analytes, limits, answers, problems)
    _check_wells(batch, block, problems)
    if sera:
        check_sera(sera, problems)
    return sera, limits


def _batch(text: str) -> Batch:
    lines = text.lstrip("\ufeff").splitlines()
    separator = commonest_separator(next((line for line in lines if "BatchStartTime" in line), lines[0]))
    batch, block, wants_heading = Batch({}, [], {}), None, False
    for number, row in enumerate(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator), start=1):
        values = [value.strip() for value in row]
        if not any(values):
            wants_heading = False
        elif values[0].rstrip(":").lower() == "datatype":
            block = batch.blocks.setdefault(values[1], StatisticBlock())
            wants_heading = True
        elif block is None:
            batch.header.setdefault(values[0], values[1:])
            batch.dates += [
                value for value in values if "/" in value or value.count("-") == 2 or value.count(".") == 2
            ]
        elif wants_heading:
            block.headings, wants_heading = values, False
        elif block.headings:
            block.rows.append((number, dict(zip(block.headings, values, strict=False))))
    return batch


def _with_count(batch: Batch, limits: LotLimits | None, problems: FileProblems) -> LotLimits | None:
    """The smallest number of beads of the batch, as a limit of the lot."""
    for line, row in batch.blocks.get(PER_BEAD, StatisticBlock()).rows:
        if next(iter(row.values()), "").startswith("Per Bead"):
            counts = {value for name, value in row.items() if not name.endswith(":")}
            try:
                least = min(filter(None, map(bead_count_of, counts)), default=None)
            except ValueError:
                problems.refuse(line, PER_BEAD, "", gettext("it is no number of beads"))
                return limits
            return replace(limits or LotLimits("", ""), per_bead_count=least)
    return limits


def _is_described(
    batch: Batch, analytes: Sequence[str], limits: LotLimits | None, problems: FileProblems
) -> bool:
    """Whether the beads' antigens are known.

    Else a question is added, or a refusal when the lot file is another one's.
    """
    targets = [name for name in analytes if name not in _ROLES]
    if limits is None or not limits.antigens:
        if all(read_specificity_text(name).text for name in targets):
            return True
        problems.ask(Ask.LOT_FILE)
        return True
    lot = _first(batch.header, "ProtocolName")
    if lot != limits.lot:
        problems.refuse(
            NO_LINE, "ProtocolName", lot, gettext("the lot file is of lot %(lot)s") % {"lot": limits.lot}
        )
    for name in beads_without_name(limits, analytes):
        problems.refuse(
            NO_LINE, "bead", name, gettext("the lot file of %(lot)s has no such bead") % {"lot": limits.lot}
        )
    for name in sorted(set(limits.antigens) - set(analytes)):
        rule = gettext("lot %(lot)s has %(count)s beads, the file %(count2)s; this one is missing") % {
            "lot": limits.lot,
            "count": len(limits.antigens),
            "count2": len(analytes),
        }
        problems.refuse(NO_LINE, "bead", name, rule)
    return not problems.refused


def _first(header: Mapping[str, list[str]], name: str) -> str:
    return next(iter(header.get(name, [])), "")


def _sera(
    batch: Batch,
    block: StatisticBlock,
    analytes: Sequence[str],
    limits: LotLimits | None,
    answers: Answers,
    problems: FileProblems,
) -> tuple[SerumRun, ...]:
    values = [row.get(name, "") for _, row in block.rows for name in analytes]
    read = read_numbers(values, answers, problems)
    to_date = date_reader(batch.dates, answers, problems)
    if read is None or to_date is None:
        return ()
    on = _run_date(batch, to_date, problems)
    reader = _WellReader(batch, analytes, limits, read, problems)
    return tuple(reader.serum(line, row, on, answers) for line, row in block.rows)


def _run_date(batch: Batch, to_date: Callable[[str], date | None], problems: FileProblems) -> date | None:
    written = _first(batch.header, "BatchStartTime") or _first(batch.header, "Date")
    try:
        return to_date(written)
    except ValueError:
        problems.refuse(NO_LINE, "BatchStartTime", written, gettext("it is no date"))
        return None


class _WellReader:
    """Makes the sera of a batch, one per well."""

    def __init__(
        self,
        batch: Batch,
        analytes: Sequence[str],
        limits: LotLimits | None,
        read: NumberReader,
        problems: FileProblems,
    ) -> None:
        self.batch, self.analytes, self.limits, self.read, self.problems = (
            batch,
            analytes,
            limits,
            read,
            problems,
        )
        self.counts = _by_well(batch, COUNT)
        self.dilutions = _by_well(batch, DILUTION)
        self.ids = _bead_ids(batch)
        self.kit = _kit(batch, limits, analytes)

    def serum(self, line: int, row: dict[str, str], on: date | None, answers: Answers) -> SerumRun:
        """The serum of one well."""
        if not row.get("Sample"):
            self.problems.refuse(line, "Sample", "", gettext("the well names no serum"))
        handling = answers.handling
        dilution = self.dilutions.get(_well(row), {}).get("Dilution Factor", "")
        if dilution:
            handling = replace(
                handling, dilution=self._number(line, "Dilution Factor", dilution) or Decimal(1)
            )
        return SerumRun(
            specimen=row.get("Sample", ""),
            run=_first(self.batch.header, "Batch")[:60],
            run_date=on,
            kit=self.kit,
            beads=self._beads(line, row),
            handling=handling,
            well=row.get("Location", ""),
            instrument=_first(self.batch.header, "SN"),
            software="xPONENT",
            software_version=_first(self.batch.header, "Build"),
        )

    def _beads(self, line: int, row: dict[str, str]) -> tuple[Bead, ...]:
        counts = self.counts.get(_well(row), {})
        medians = {name: self._number(line, name, row.get(name, "")) for name in self.analytes}
        beads = {name: self._bead(line, name, medians[name], counts.get(name, "")) for name in self.analytes}
        if self.limits is None or not self.limits.antigens:
            return tuple(beads.values())
        lowest = lowest_of_groups(self.limits, medians)
        return tuple(
            bead._replace(
                vendor_call=vendor_call(
                    self.limits.antigens[name], medians[name], bead.count, lowest, self.limits
                )
            )
            if bead.role is BeadRole.TARGET
            else bead
            for name, bead in beads.items()
        )

    def _bead(self, line: int, name: str, median: Decimal | None, count: str) -> Bead:
        role = _ROLES.get(name, BeadRole.TARGET)
        lot = self.limits.antigens.get(name) if self.limits else None
        written = " + ".join(lot.names) if lot else name
        named = read_specificity_text(written) if role is BeadRole.TARGET else None
        if role is BeadRole.TARGET and lot is not None and not lot.names:
            self.problems.refuse(line, "bead", name, gettext("the lot file has the bead without a name"))
        return Bead(
            bead_id=self.ids.get(name) or (lot.bead_id if lot else "") or name,
            role=role,
            specificity=named.text if named else "",
            target_raw=written if named else name,
            mfi_raw=median,
            line=line,
            count=self._count(line, name, count),
            background=lot.background if lot else None,
            public=named.public if named else "",
        )

    def _number(self, line: int, name: str, text: str) -> Decimal | None:
        try:
            return self.read(text)
        except ValueError:
            self.problems.refuse(line, name, text, gettext("it is no number"))
            return None

    def _count(self, line: int, name: str, text: str) -> int | None:
        try:
            return bead_count_of(text)
        except ValueError:
            self.problems.refuse(line, f"Count of {name}", text, gettext("it is no number of beads"))
            return None


def _kit(batch: Batch, limits: LotLimits | None, analytes: Sequence[str]) -> Kit:
    lot = _first(batch.header, "ProtocolName")
    is_immucor = (
        bool(limits and limits.antigens)
        or "immucor" in _first(batch.header, "ProtocolDevelopingCompany").lower()
    )
    classes = {read_specificity_text(name).hla_class for name in analytes if name not in _ROLES} - {""}
    of_beads = classes.pop() if len(classes) == 1 else ""
    hla_class = (limits.hla_class if limits else "") or match_it_kit_of(lot).hla_class or of_beads
    return Kit(Vendor.IMMUCOR if is_immucor else Vendor.OTHER, match_it_kit_of(lot).catalog, lot, hla_class)


def _by_well(batch: Batch, name: str) -> dict[tuple[str, str], dict[str, str]]:
    return {_well(row): row for _, row in batch.blocks.get(name, StatisticBlock()).rows}


def _well(row: Mapping[str, str]) -> tuple[str, str]:
    return row.get("Location", ""), row.get("Sample", "")


def _bead_ids(batch: Batch) -> dict[str, str]:
    for _, row in batch.blocks.get(BEAD_IDS, StatisticBlock()).rows:
        if next(iter(row.values()), "").startswith("BeadID"):
            return {name: value for name, value in row.items() if not name.endswith(":")}
    return {}


def _check_wells(batch: Batch, block: StatisticBlock, problems: FileProblems) -> None:
    """No well and no serum twice, and as many as the header announces."""
    wells: set[str] = set()
    sera: set[str] = set()
    for line, row in block.rows:
        well, sample = _well(row)
        if well and well in wells:
            problems.refuse(line, "Location", well, gettext("the well is there twice"))
        if sample in sera:
            problems.refuse(line, "Sample", sample, gettext("the serum is there twice in this run"))
        wells.add(well)
        sera.add(sample)
    announced = _first(batch.header, "Samples")
    if announced.isdecimal() and len(wells) > int(announced):
        problems.refuse(
            NO_LINE,
            "Samples",
            announced,
            gettext("the file has %(count)s wells") % {"count": len(block.rows)},
        )
