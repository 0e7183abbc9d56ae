"""Reads the continuous vasopressors of CM, with agents, rates and units that the haemodynamic rules use."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from interchange.rules.admission import Intake, KeysOnce
from interchange.rules.cells import Cells
from interchange.rules.records import RecordOrigin, VasopressorRecord
from interchange.rules.remarks import NOT_USED, ImportRemark
from interchange.rules.rows import Dataset
from interchange.rules.vasopressors import Named, agent_of, unit_of
from partial_dates import Precision, surely_before

REQUIRED = ("CMSEQ", "CMTRT")
TOO_VAGUE = (Precision.YEAR, Precision.MONTH, Precision.DAY)  # a rate belongs to a time of day
LARGEST_RATE = Decimal("99999.999")  # range of a stored rate
NO_VASOPRESSOR = "no vasopressor"


@dataclass(frozen=True)
class Medications:
    """The vasopressors, the number of unused rows of CM by reason, and each of these by line."""

    vasopressors: tuple[VasopressorRecord, ...]
    not_used: Mapping[str, int]
    remarks: tuple[ImportRemark, ...] = ()


@dataclass(frozen=True)
class _Unused:
    """An unused row of CM. `is_agent`: it names a vasopressor, so it should be checked."""

    line: int
    participant: str
    name: str
    reason: str
    is_agent: bool


def read_medications(dataset: Dataset | None, intake: Intake) -> Medications:
    """The rows of CM that are vasopressors with a rate, its unit and a start with a time of day.

    Others are listed.
    """
    if dataset is None:
        return Medications((), {})
    unused: list[_Unused] = []
    once = KeysOnce()
    records = []
    for cells in intake.admit(dataset, domain="CM", required=REQUIRED):
        sequence = cells.sequence("CMSEQ")
        once.check(cells, "CMSEQ", cells.text("USUBJID"), sequence)
        record = _vasopressor(cells, sequence, intake.zone(cells.text("USUBJID")), unused)
        if record is not None and cells.are_sound:
            records.append(record)
    counts: dict[str, int] = defaultdict(int)
    for row in unused:
        counts[row.reason] += 1
    remarks = (*_listed(dataset.file, unused), *_at_once(records))
    return Medications(tuple(records), dict(counts), remarks)


def _vasopressor(cells: Cells, sequence: int, zone: str, unused: list[_Unused]) -> VasopressorRecord | None:
    named = agent_of(cells.required("CMTRT")) or agent_of(cells.text("CMDECOD"))
    rate, unit = cells.text("CMDOSE"), unit_of(cells.text("CMDOSU"))
    if named is None or named.is_mixed:
        _pass_over(cells, "named beside another substance" if named else NO_VASOPRESSOR, named, unused)
        return None
    amount = cells.amount("CMDOSE", decimals=3, highest=LARGEST_RATE)
    started, ended = cells.moment("CMSTDTC", zone), cells.moment("CMENDTC", zone)
    if not cells.are_sound:
        return None
    if amount is None or unit is None or started is None or started.precision in TOO_VAGUE:
        lacking = (("rate", amount), ("known unit", unit), ("start with a time of day", started))
        missing = [what for what, value in lacking if value is None] or ["start with a time of day"]
        _pass_over(
            cells,
            f"vasopressor without {' and '.join(missing)}",
            named,
            unused,
            f"{rate} {cells.text('CMDOSU')}",
        )
        return None
    if ended is not None and surely_before(ended, started):
        cells.refuse("CMENDTC", f"the end is before CMSTDTC ({started.text})")
    origin = RecordOrigin(cells.row.file, cells.row.line)
    return VasopressorRecord(
        origin, cells.text("USUBJID"), sequence, named.agent, named.salt, amount, unit, started, ended
    )


def _pass_over(cells: Cells, reason: str, named: Named | None, unused: list[_Unused], dose: str = "") -> None:
    """Count a skipped row; a bad row is listed instead."""
    if cells.are_sound:
        name = " ".join(filter(None, (cells.text("CMTRT"), dose.strip())))
        unused.append(_Unused(cells.row.line, cells.text("USUBJID"), name, reason, named is not None))


def _listed(file: str, unused: Sequence[_Unused]) -> Iterator[ImportRemark]:
    """Every unused row, by line: one that names a vasopressor separately, all others by their name."""
    others: dict[str, list[int]] = defaultdict(list)
    for row in unused:
        if row.is_agent:
            sentence = f"{row.reason}; not used."
            place = f"{file} line {row.line}"
            yield ImportRemark(NOT_USED, place, sentence.capitalize(), row.participant, detail=row.name)
        else:
            others[row.name].append(row.line)
    for name, lines in others.items():
        written = ", ".join(map(str, lines))
        yield ImportRemark(
            NOT_USED, file, f"“{name}”: {NO_VASOPRESSOR}; lines not used: {written}.", is_reported=False
        )


def _at_once(records: Sequence[VasopressorRecord]) -> Iterator[ImportRemark]:
    """Two lines of one agent at the same time: a duplicate, or two pumps whose rates add up."""
    by_agent: dict[tuple[str, str], list[VasopressorRecord]] = defaultdict(list)
    for record in records:
        for other in by_agent[record.participant, record.agent]:
            if _overlap(record, other):
                sentence = (
                    f"CMSEQ {record.sequence}: {record.agent} also runs by CMSEQ {other.sequence} at that time; the rate of "
                    "the later start, else the higher number, is used."
                )
                yield ImportRemark(
                    "agent_twice",
                    f"{record.origin.file} line {record.origin.line}",
                    sentence,
                    record.participant,
                )
                break
        by_agent[record.participant, record.agent].append(record)


def _overlap(one: VasopressorRecord, other: VasopressorRecord) -> bool:
    first, second = sorted((one, other), key=lambda record: record.started.earliest)
    return first.ended is None or second.started.earliest < first.ended.earliest
