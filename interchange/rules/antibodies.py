"""Reads IS: anti-HLA antibodies, one specificity of one serum per row. All of it is sealed, its counts too."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from interchange.rules.admission import Intake, KeysOnce
from interchange.rules.cells import Cells, decimal_of
from interchange.rules.records import AntibodyRecord, RecordOrigin
from interchange.rules.rows import Dataset
from interchange.rules.terminology import NOT_DONE
from partial_dates import PartialMoment, Precision

REQUIRED = ("ISSEQ", "ISTESTCD")
VARIABLES = (
    "ISSEQ", "ISTESTCD", "ISBDAGNT", "ISDTC", "ISSTAT", "ISSTRESC", "ISSTRESN", "ISSTRESU", "ISORRES", "ISORRESU",
    "ISREFID", "ISMETHOD",
    "ISRUNID", "ISGRPID", "VISITDY",
)  # fmt: skip
LIMITED = re.compile(r"(?P<sign>[<>])(?P<equal>=?)\s*(?P<value>\d+(?:\.\d+)?)")  # beyond the reader's range
WRITTEN = (
    "ISSTRESN",
    "ISORRES",
    "ISSTRESC",
)  # where a value beyond the reader's range is written, such as `>25000`
SMALLEST_STEP = Decimal("0.01")  # between two values of MFI as they are stored
HLA = "HLA"  # a test code that promises an HLA specificity, such as HLAIAB
MFI_UNITS = ("MFI", "FIU")  # C71620: FIU, synonym MFI
LARGEST_MFI = Decimal("9999999.99")  # range of a stored MFI
LARGEST_DAY = 32767  # range of a stored planned day
LONGEST_SPECIFICITY, LONGEST_CODE = 80, 60  # characters
TOO_VAGUE = (Precision.YEAR, Precision.MONTH)
_LOCUS = re.compile(
    r"(?:HLA-)?(?P<locus>A|B(?:w(?=[46]\b))?|C|Cw|DRB[1345]|DR\d*|DQ[AB]1|DQ|DP[AB]1|DP)(?=[*\d:,/ -]|$)",
    re.IGNORECASE,
)


def read_antibodies(dataset: Dataset | None, intake: Intake) -> tuple[AntibodyRecord, ...]:
    """One record per row of IS that names an HLA specificity; `mfi` None = not measured.

    Other tests are skipped.
    """
    if dataset is None:
        return ()
    once, per_serum = KeysOnce(), KeysOnce()
    records = []
    for cells in intake.admit(dataset, domain="IS", required=REQUIRED):
        sequence = cells.sequence("ISSEQ")
        once.check(cells, "ISSEQ", cells.text("USUBJID"), sequence)
        record = _antibody(cells, sequence, intake.zone(cells.text("USUBJID")))
        if record is not None:
            per_serum.check(
                cells, "ISBDAGNT", record.participant, record.specimen, record.specificity, record.run
            )
        if record is not None and cells.are_sound:
            records.append(record)
    return tuple(records)


def hla_class_of(specificity: str) -> Literal["I", "II"] | None:
    """Class I (A, B, C) or II (DR, DQ, DP) of an allele, antigen or locus; None for any other text."""
    match = _LOCUS.match(specificity.strip())
    if match is None:
        return None
    return "II" if match["locus"].upper().startswith("D") else "I"


def _antibody(cells: Cells, sequence: int, zone: str) -> AntibodyRecord | None:
    specificity = cells.text("ISBDAGNT")
    hla_class = hla_class_of(specificity)
    if hla_class is None and HLA not in cells.required("ISTESTCD").upper():
        return None
    if hla_class is None or len(specificity) > LONGEST_SPECIFICITY:
        cells.refuse("ISBDAGNT", "the value names no HLA locus, such as A*02:01, DR4 or HLA-DQB1*03:02")
    collected, (mfi, limit) = _collected(cells, zone), _mfi(cells)
    if collected is None or hla_class is None:
        return None
    return AntibodyRecord(
        origin=RecordOrigin(cells.row.file, cells.row.line),
        participant=cells.text("USUBJID"),
        sequence=sequence,
        specimen=_specimen(cells, collected),
        collected=collected,
        planned_day=_planned_day(cells),
        specificity=specificity,
        hla_class=hla_class,
        mfi=mfi,
        mfi_limit=limit,
        kit=cells.short("ISMETHOD", LONGEST_CODE),
        run=cells.short("ISRUNID", LONGEST_CODE) or cells.short("ISGRPID", LONGEST_CODE),
    )


def _specimen(cells: Cells, collected: PartialMoment) -> str:
    """The serum's code: ISREFID, else participant and date."""
    code = cells.text("ISREFID") or f"{cells.text('USUBJID')}/{collected.text}"
    if len(code) > LONGEST_CODE:
        cells.refuse("ISREFID", f"a specimen needs a code of at most {LONGEST_CODE} characters")
    return code


def _planned_day(cells: Cells) -> int | None:
    day = cells.whole("VISITDY")
    if day is not None and abs(day) > LARGEST_DAY:
        cells.refuse("VISITDY", f"a planned day lies between -{LARGEST_DAY} and {LARGEST_DAY}")
    return day


def _collected(cells: Cells, zone: str) -> PartialMoment | None:
    cells.required("ISDTC")
    collected = cells.moment("ISDTC", zone)
    if collected is not None and collected.precision in TOO_VAGUE:
        cells.refuse("ISDTC", "a serum is dated at least to the day")
    return collected


def _mfi(cells: Cells) -> tuple[Decimal | None, str]:
    """The MFI, and "<" or ">" when it is the end of the reader's range and the value lies beyond it."""
    if cells.text("ISSTAT").upper() == NOT_DONE:
        return None, ""
    limited = next((name for name in WRITTEN if LIMITED.fullmatch(cells.text(name))), None)
    number = "ISSTRESN" if cells.text("ISSTRESN") else "ISORRES"
    result = limited or number
    mfi, limit = _measured(cells, result)
    if mfi is None:
        return None, ""
    has_number = bool(cells.text("ISSTRESN")) and limited not in (None, "ISSTRESN")
    if has_number and limited and cells.number("ISSTRESN") != _limit_written(cells, limited):
        cells.refuse("ISSTRESN", f"it is not the limit that {limited} names")
    unit = "ISSTRESU" if cells.text("ISSTRESN") or result == "ISSTRESC" else "ISORRESU"
    if cells.text(unit).upper() not in MFI_UNITS:
        cells.refuse(unit, "an antibody is measured in MFI")
    if mfi > LARGEST_MFI:
        cells.refuse(result, f"the value lies between 0 and {LARGEST_MFI}")
    return max(mfi, Decimal(0)).quantize(SMALLEST_STEP, rounding=ROUND_HALF_UP), limit


def _measured(cells: Cells, result: str) -> tuple[Decimal | None, str]:
    """The MFI; of `<500` the limit and its sign. A value of at most 500 is below the next that two decimals can write.

    A corrected value below 0 is below the background, and so 0 for the threshold.
    """
    limited = LIMITED.fullmatch(cells.text(result))
    if limited is None:
        return cells.number(result), ""
    value = decimal_of(limited["value"]) or Decimal(0)
    if not limited["equal"]:
        return value, limited["sign"]
    return (value + SMALLEST_STEP, "<") if limited["sign"] == "<" else (value - SMALLEST_STEP, ">")


def _limit_written(cells: Cells, name: str) -> Decimal | None:
    limited = LIMITED.fullmatch(cells.text(name))
    return None if limited is None else decimal_of(limited["value"])
