"""Supplemental qualifiers (SUPP--): values that hang on a row of their parent domain (SDTMIG 3.4 section 8.4)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from interchange.rules.admission import Intake, KeysOnce
from interchange.rules.cells import Cells, decimal_of
from interchange.rules.rows import Dataset

REQUIRED = ("IDVAR", "IDVARVAL", "QNAM", "QVAL")
NO_SEQUENCE = 0  # a qualifier of the participant, not of one row
OTHER_KEY = -1  # a qualifier of a group or visit: of no single row, and not used
TREATMENT_EMERGENT = "AETRTEM"
SAFETY_POPULATION = "SAFETY"
FLAGS = frozenset({TREATMENT_EMERGENT, SAFETY_POPULATION})  # Y or N, else the row is bad

Qualifiers = Mapping[tuple[str, int], Mapping[str, str]]


@dataclass(frozen=True)
class Parent:
    """The domain that qualifiers belong to, and the keys (participant, sequence) of its rows."""

    domain: str
    keys: Collection[tuple[str, int]]


def read_supplementals(dataset: Dataset | None, parent: Parent, intake: Intake) -> Qualifiers:
    """The qualifiers by (participant, sequence) and QNAM; a qualifier of no row, or given twice, is refused."""
    if dataset is None:
        return {}
    found: dict[tuple[str, int], dict[str, str]] = {}
    once = KeysOnce()
    for cells in intake.admit(dataset, domain=parent.domain, required=REQUIRED):
        name = cells.required("QNAM").upper()
        key = (cells.text("USUBJID"), _sequence(cells, parent))
        once.check(cells, "QNAM", *key, cells.text("IDVAR").upper(), cells.text("IDVARVAL"), name)
        if name in FLAGS:
            cells.flag("QVAL")
        if cells.are_sound:
            found.setdefault(key, {})[name] = cells.text("QVAL")
    return found


def _sequence(cells: Cells, parent: Parent) -> int:
    variable = cells.text("IDVAR").upper()
    if not variable:
        return NO_SEQUENCE
    if variable != f"{parent.domain}SEQ":
        return OTHER_KEY
    sequence = cells.whole("IDVARVAL")
    if sequence is None:
        cells.refuse("IDVARVAL", "the value is required")
        return NO_SEQUENCE
    if cells.are_sound and (cells.text("USUBJID"), sequence) not in parent.keys:
        cells.refuse("IDVARVAL", f"{parent.domain} has no row {sequence} of this participant")
    return sequence


def qualifier_flag(qualifiers: Mapping[str, str], name: str) -> bool | None:
    """A qualifier of `FLAGS`; None when it is absent or empty."""
    return {"Y": True, "N": False}.get(qualifiers.get(name, "").upper())


def keys_of(dataset: Dataset | None, domain: str) -> frozenset[tuple[str, int]]:
    """(USUBJID, --SEQ) of every row of the parent that has a readable key, also of rows that are bad otherwise."""
    keys = set()
    for row in dataset.rows if dataset else ():
        number = decimal_of(row.values.get(f"{domain}SEQ", ""))
        if number is not None and number == number.to_integral_value():
            keys.add((row.values.get("USUBJID", ""), int(number)))
    return frozenset(keys)
