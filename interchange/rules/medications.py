"""Reads CM for one thing only: continuous vasopressors, whose agent, rate and unit the haemodynamic rules know."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from events.choices import RateUnit, Vasopressor
from interchange.rules.admission import Intake, KeysOnce
from interchange.rules.cells import Cells
from interchange.rules.records import Origin, VasopressorRecord
from interchange.rules.rows import Dataset
from trials.choices import Salt
from trials.rules.dates import Precision, surely_before

REQUIRED = ("CMSEQ", "CMTRT")
TOO_VAGUE = (Precision.YEAR, Precision.MONTH, Precision.DAY)  # a rate belongs to a time of day
LARGEST_RATE = Decimal("99999.999")  # what a rate holds

# International non-proprietary and European names of the agents that the criteria of an infusion speak of.
AGENTS: Mapping[str, Vasopressor] = {
    "NOREPINEPHRINE": Vasopressor.NOREPINEPHRINE,
    "NORADRENALINE": Vasopressor.NOREPINEPHRINE,
    "EPINEPHRINE": Vasopressor.EPINEPHRINE,
    "ADRENALINE": Vasopressor.EPINEPHRINE,
    "PHENYLEPHRINE": Vasopressor.PHENYLEPHRINE,
    "DOPAMINE": Vasopressor.DOPAMINE,
    "VASOPRESSIN": Vasopressor.VASOPRESSIN,
    "ARGIPRESSIN": Vasopressor.VASOPRESSIN,
}
# Tartrate and bitartrate (hydrogen tartrate) name the same salt of norepinephrine (Wieruszewski 2024).
SALTS: Mapping[str, Salt] = {"TARTRATE": Salt.TARTRATE, "BITARTRATE": Salt.TARTRATE, "BASE": Salt.BASE}
UNITS: Mapping[str, RateUnit] = {
    "UG/MIN": RateUnit.UG_MIN,
    "MCG/MIN": RateUnit.UG_MIN,
    "UG/KG/MIN": RateUnit.UG_KG_MIN,
    "MCG/KG/MIN": RateUnit.UG_KG_MIN,
    "MG/H": RateUnit.MG_H,
    "MG/HR": RateUnit.MG_H,
    "U/MIN": RateUnit.U_MIN,
    "IU/MIN": RateUnit.U_MIN,
    "U/H": RateUnit.U_H,
    "IU/H": RateUnit.U_H,
}


@dataclass(frozen=True)
class Medications:
    """The vasopressors, and how many rows of CM were not used, by reason."""

    vasopressors: tuple[VasopressorRecord, ...]
    not_used: Mapping[str, int]


def read_medications(dataset: Dataset | None, intake: Intake) -> Medications:
    """The rows of CM that are vasopressors with a rate, its unit and a start with a time of day; others are counted."""
    if dataset is None:
        return Medications((), {})
    not_used: Counter[str] = Counter()
    once = KeysOnce()
    records = []
    for cells in intake.admit(dataset, domain="CM", required=REQUIRED):
        sequence = cells.sequence("CMSEQ")
        once.check(cells, "CMSEQ", cells.text("USUBJID"), sequence)
        record = _vasopressor(cells, sequence, intake.zone(cells.text("USUBJID")), not_used)
        if record is not None and cells.are_sound:
            records.append(record)
    return Medications(tuple(records), dict(not_used))


def agent_of(name: str) -> tuple[Vasopressor, Salt] | None:
    """Agent and salt that a medication's name says; the salt is unknown unless it is named."""
    words = name.upper().replace("(", " ").replace(")", " ").split()
    agent = next((AGENTS[word] for word in words if word in AGENTS), None)
    salt = next((SALTS[word] for word in words if word in SALTS), Salt.UNKNOWN)
    return (agent, salt) if agent else None


def _vasopressor(cells: Cells, sequence: int, zone: str, not_used: Counter[str]) -> VasopressorRecord | None:
    named = agent_of(cells.required("CMTRT")) or agent_of(cells.text("CMDECOD"))
    if named is None:
        not_used["no vasopressor"] += 1
        return None
    rate, unit = (
        cells.amount("CMDOSE", decimals=3, highest=LARGEST_RATE),
        UNITS.get(cells.text("CMDOSU").upper()),
    )
    started, ended = cells.moment("CMSTDTC", zone), cells.moment("CMENDTC", zone)
    if rate is None or unit is None or started is None or started.precision in TOO_VAGUE:
        if cells.are_sound:
            not_used["vasopressor without rate, unit or time of day"] += 1
        return None
    if ended is not None and surely_before(ended, started):
        cells.refuse("CMENDTC", f"the end is before CMSTDTC ({started.text})")
    origin = Origin(cells.row.file, cells.row.line)
    return VasopressorRecord(origin, cells.text("USUBJID"), sequence, *named, rate, unit, started, ended)
