"""Supplemental qualifiers (SUPP--): values that belong to rows of their parent domain (SDTMIG 3.4 section 8.4)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from events.rules.adverse_events.entered import QUALIFIERS
from interchange.rules.admission import Intake, KeysOnce
from interchange.rules.cells import Cells, decimal_of
from interchange.rules.rows import Dataset, SourceRow

REQUIRED = ("IDVAR", "IDVARVAL", "QNAM", "QVAL")
DESCRIPTIONS = frozenset({"QLABEL", "QORIG", "QEVAL"})
"""Columns that describe a qualifier and have no value of their own."""
NO_SEQUENCE = 0  # a qualifier of the participant, not of one row
OF_THE_PARTICIPANT = frozenset({"", "USUBJID", "SUBJID"})  # IDVAR
TREATMENT_EMERGENT = "AETRTEM"
SAFETY_POPULATION = "SAFETY"
FLAGS = frozenset({TREATMENT_EMERGENT, SAFETY_POPULATION})  # Y or N, else the row is bad

Qualifiers = Mapping[tuple[str, int], Mapping[str, str]]


@dataclass
class Parent:
    """The domain that qualifiers belong to, and its rows, found by any of its variables (IDVAR)."""

    domain: str
    dataset: Dataset | None = None
    _found: dict[str, Mapping[tuple[str, str], Sequence[int]]] = field(default_factory=dict)

    def sequences(self, participant: str, variable: str, value: str) -> Sequence[int] | None:
        """--SEQ of the participant's rows with a value of a variable; None when there is no such variable."""
        if self.dataset is None:
            return ()
        if variable not in self.dataset.columns:
            return None
        if variable not in self._found:
            self._found[variable] = _index(self.dataset.rows, variable, f"{self.domain}SEQ")
        return self._found[variable].get((participant, _comparable(value)), ())


def _index(
    rows: Collection[SourceRow], variable: str, sequence: str
) -> Mapping[tuple[str, str], Sequence[int]]:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        number = decimal_of(row.values.get(sequence, ""))
        if number is not None and number == number.to_integral_value():
            key = (row.values.get("USUBJID", ""), _comparable(row.values[variable]))
            found[key].append(int(number))
    return found


def _comparable(value: str) -> str:
    """A value as qualifiers compare it: `1`, `1.0` and `01` are the same number."""
    number = decimal_of(value)
    return value if number is None else str((number + Decimal(0)).normalize())


def read_supplementals(
    dataset: Dataset | None, parent: Parent, intake: Intake, used: Collection[str] = ()
) -> Qualifiers:
    """The qualifiers by (participant, sequence) and QNAM; a qualifier of no row, or given twice, is refused.

    Those whose QNAM is not in `used` (where a final `*` matches any ending) are reported as not used.
    """
    if dataset is None:
        return {}
    found: dict[tuple[str, int], dict[str, str]] = {}
    unused: Counter[str] = Counter()
    once = KeysOnce()
    for cells in intake.admit(dataset, domain=parent.domain, required=REQUIRED):
        name = cells.required("QNAM").upper()
        participant, variable = cells.text("USUBJID"), cells.text("IDVAR").upper()
        once.check(cells, "QNAM", participant, variable, cells.text("IDVARVAL"), name)
        if name in FLAGS:
            cells.flag("QVAL")
        if name in QUALIFIERS:
            cells.term("QVAL", QUALIFIERS[name].codes)
        sequences = _sequences(cells, parent, participant, variable)
        if cells.are_sound and _is_used(name, used):
            for sequence in sequences:
                found.setdefault((participant, sequence), {})[name] = cells.text("QVAL")
        elif cells.are_sound:
            unused[name] += 1
    if dataset.name in intake.notes:
        intake.notes[dataset.name].used.update(DESCRIPTIONS)
    intake.not_used.update(
        {f"{dataset.name.upper()}: qualifier {name}": n for name, n in sorted(unused.items())}
    )
    return found


def _is_used(name: str, used: Collection[str]) -> bool:
    return any(name.startswith(one[:-1]) and name[len(one) - 1 :].isdigit() if one.endswith("*") else name == one
               for one in used)  # fmt: skip


def _sequences(cells: Cells, parent: Parent, participant: str, variable: str) -> Sequence[int]:
    """The rows that a qualifier belongs to; refused when there is none."""
    if variable in OF_THE_PARTICIPANT:
        return (NO_SEQUENCE,)
    value = cells.required("IDVARVAL")
    rows = parent.sequences(participant, variable, value) if value else ()
    if rows is None:
        cells.refuse("IDVAR", f"{parent.domain} has no variable {variable}")
    elif value and not rows:
        row = f"row {value}" if variable == f"{parent.domain}SEQ" else f"row with {variable} {value}"
        cells.refuse("IDVARVAL", f"{parent.domain} has no {row} of this participant")
    return rows or ()


def qualifier_flag(qualifiers: Mapping[str, str], name: str) -> bool | None:
    """A qualifier of `FLAGS`; None when it is absent or empty."""
    return {"Y": True, "N": False}.get(qualifiers.get(name, "").upper())
