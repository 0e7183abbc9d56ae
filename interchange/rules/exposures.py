"""Reads EX: each row an infusion, or a span of doses. Product, amount and lot are sealed."""

from decimal import Decimal

from interchange.rules.admission import Intake, KeysOnce
from interchange.rules.cells import Cells
from interchange.rules.records import ExposureRecord, RecordOrigin
from interchange.rules.rows import Dataset
from partial_dates import PartialMoment, Precision, surely_before
from trials.choices import InfusionStatus

REQUIRED = ("EXSEQ", "EXTRT", "EXSTDTC")
VARIABLES = (
    "EXSEQ", "EXTRT", "EXOCCUR", "EXSTDTC", "EXENDTC", "EXDOSE", "EXDOSU", "EXLOT", "EXVAMT", "EXVAMTU",
)  # fmt: skip
VOLUME_UNITS = ("ML",)  # EXVAMTU
LARGEST_NUMBER = 32767  # range of a stored infusion number
LARGEST_VOLUME_ML = Decimal("99999.9")  # range of a stored infusion volume
LARGEST_DOSE = Decimal("99999999.9999")  # range of a stored dose
LONGEST_PRODUCT, LONGEST_UNIT, LONGEST_LOT = 120, 20, 60  # characters
PRECISE_ENOUGH = frozenset(Precision) - {Precision.YEAR, Precision.MONTH}


def read_exposures(dataset: Dataset | None, intake: Intake) -> tuple[ExposureRecord, ...]:
    """One record per row.

    EXSEQ numbers the infusions of a participant, EXOCCUR = N is one that was not given.
    """
    if dataset is None:
        return ()
    once = KeysOnce()
    records = []
    for cells in intake.admit(dataset, domain="EX", required=REQUIRED):
        record = _exposure(cells, intake)
        if record is not None:
            once.check(cells, "EXSEQ", record.participant, record.sequence)
        if record is not None and cells.are_sound:
            records.append(record)
    return tuple(records)


def _exposure(cells: Cells, intake: Intake) -> ExposureRecord | None:
    participant = cells.text("USUBJID")
    zone = intake.zone(participant)
    status = InfusionStatus.NOT_GIVEN if cells.flag("EXOCCUR") is False else InfusionStatus.GIVEN
    sequence = _number(cells)
    cells.required("EXTRT")
    started = _start(cells, zone) if status == InfusionStatus.GIVEN else None
    ended, volume_ml = cells.moment("EXENDTC", zone), _volume_ml(cells)
    if started is None and status == InfusionStatus.GIVEN:
        return None
    if ended is not None and started is not None and surely_before(ended, started):
        cells.refuse("EXENDTC", f"the end is before EXSTDTC ({started.text})")
    return ExposureRecord(
        origin=RecordOrigin(cells.row.file, cells.row.line),
        participant=participant,
        sequence=sequence,
        status=status,
        started=started,
        ended=ended,
        volume_ml=volume_ml,
        treatment=cells.short("EXTRT", LONGEST_PRODUCT),
        dose=cells.amount("EXDOSE", decimals=4, highest=LARGEST_DOSE),
        dose_unit=cells.short("EXDOSU", LONGEST_UNIT),
        lot=cells.short("EXLOT", LONGEST_LOT),
    )


def _start(cells: Cells, zone: str) -> PartialMoment | None:
    """The start of a dose, known at least to the day, because a dose on an unknown day cannot be used."""
    cells.required("EXSTDTC")
    started = cells.moment("EXSTDTC", zone)
    if started is not None and started.precision not in PRECISE_ENOUGH:
        cells.refuse("EXSTDTC", "the start of a dose is known at least to the day")
    return started


def _number(cells: Cells) -> int:
    sequence = cells.sequence("EXSEQ")
    if sequence > LARGEST_NUMBER:
        cells.refuse("EXSEQ", f"the number of an infusion is at most {LARGEST_NUMBER}")
    return sequence


def _volume_ml(cells: Cells) -> Decimal | None:
    """The volume given (EXVAMT, in EXVAMTU mL), in mL."""
    volume = cells.amount("EXVAMT", decimals=1, highest=LARGEST_VOLUME_ML)
    if volume is not None:
        cells.term("EXVAMTU", VOLUME_UNITS)
    return volume
