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
    "ISSEQ", "ISTESTCD", "ISBDAGNT", "ISDTC", "ISSTAT", "ISSTRESN", "ISSTRESU", "ISORRES", "ISORRESU", "ISREFID", "ISMETHOD",
    "ISRUNID", "ISGRPID", "VISITDY",
)  # fmt: skip
LIMITED = re.compile(r"[<>]=?\s*(\d+(?:\.\d+)?)")  # outside the range of the reader: `>25000`
HLA = "HLA"  # a test code that begins like an HLA specificity, such as HLAIAB
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
    collected, mfi = _collected(cells, zone), _mfi(cells)
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


def _mfi(cells: Cells) -> Decimal | None:
    if cells.text("ISSTAT").upper() == NOT_DONE:
        return None
    result, unit = ("ISSTRESN", "ISSTRESU") if cells.text("ISSTRESN") else ("ISORRES", "ISORRESU")
    mfi = _measured(cells, result)
    if mfi is None:
        return None
    if cells.text(unit).upper() not in MFI_UNITS:
        cells.refuse(unit, "an antibody is measured in MFI")
    if mfi > LARGEST_MFI:
        cells.refuse(result, f"the value lies between 0 and {LARGEST_MFI}")
    return max(mfi, Decimal(0)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _measured(cells: Cells, result: str) -> Decimal | None:
    """The MFI; of `>25000` the limit. A corrected one below 0 is below the background, so it counts as 0."""
    limited = LIMITED.fullmatch(cells.text(result))
    return decimal_of(limited[1]) if limited else cells.number(result)
