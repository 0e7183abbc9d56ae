"""Reads daily assessments: LB (PO2, PO2FIO2), VS of DAILY ASSESSMENT (FIO2, PEEP), QS and RS (SOFA points).

One value per participant, day and variable: the earliest of the day. A ratio that is given with both of its parts is
left out, because it is computed from them. Units are converted only where the file names them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from assessments.rules import mmhg_of_kpa
from interchange.rules.admission import Intake, KeysOnce
from interchange.rules.cells import Cells
from interchange.rules.records import DayRecord, Enrolment, ParticipantRecord, RecordOrigin
from interchange.rules.rows import Dataset
from interchange.rules.terminology import NOT_DONE
from partial_dates import PartialMoment, Precision, local_date
from trials.rules.protocol import Plausibility

TOO_VAGUE = (Precision.YEAR, Precision.MONTH)
KPA = "KPA"
MOST_SOFA_POINTS = 4
SOFA_FIELDS: Mapping[str, str] = {
    "SOFARESP": "sofa_respiration",
    "SOFACOAG": "sofa_coagulation",
    "SOFALIV": "sofa_liver",
    "SOFACARD": "sofa_cardiovascular",
    "SOFACNS": "sofa_cns",
    "SOFAREN": "sofa_renal",
}
"""Test codes of this system: which codes CDISC gives the components was not to be checked."""


@dataclass(frozen=True)
class BloodGas:
    """One test of LB: the field, the accepted units (in capitals), the protocol's limits, the largest stored value."""

    field: str
    units: tuple[str, ...]
    plausibility: str
    highest: Decimal = Decimal("9999.9")


BLOOD_GASES: Mapping[str, BloodGas] = {
    "PO2": BloodGas("pao2_mmhg", ("MMHG", KPA), "pao2_mmhg"),
    "PO2FIO2": BloodGas("pf_ratio_given", ("MMHG", "RATIO", ""), "pf_ratio_mmhg"),
}


@dataclass(frozen=True)
class DayValue:
    """One value with its time, in the zone of the participant's site."""

    origin: RecordOrigin
    participant: str
    field: str
    value: Decimal
    taken: PartialMoment
    zone: str

    @property
    def day(self) -> date:
        """Its calendar day."""
        return local_date(self.taken.earliest, self.zone)


@dataclass(frozen=True)
class Days:
    """The assessed days, and the number of rows without one in each data set, by reason."""

    records: tuple[DayRecord, ...]
    not_used: Mapping[str, int]


def read_blood_gases(
    dataset: Dataset | None, intake: Intake, limits: Mapping[str, Plausibility], not_used: Counter[str]
) -> list[DayValue]:
    """The rows of LB that are arterial oxygen; all others are counted."""
    found = []
    for cells, value in _rows(dataset, "LB", intake, not_used, BLOOD_GASES):
        test = BLOOD_GASES[value]
        if "VENOUS" in cells.text("LBSPEC").upper():
            not_used["LB: venous blood"] += 1
            continue
        found += _taken(cells, "LB", test.field, _pressure(cells, test, limits), intake, not_used)
    return found


def read_points(
    dataset: Dataset | None, domain: str, intake: Intake, not_used: Counter[str]
) -> list[DayValue]:
    """The rows of QS or RS that are points of the SOFA score; all others are counted, including the total."""
    found = []
    for cells, code in _rows(dataset, domain, intake, not_used, SOFA_FIELDS):
        result = f"{domain}STRESN" if cells.text(f"{domain}STRESN") else f"{domain}ORRES"
        points = cells.whole(result)
        if points is not None and not 0 <= points <= MOST_SOFA_POINTS:
            cells.refuse(result, f"a component of the SOFA score has 0 to {MOST_SOFA_POINTS} points")
        value = None if points is None else Decimal(points)
        found += _taken(cells, domain, SOFA_FIELDS[code], value, intake, not_used)
    return found


def _rows(
    dataset: Dataset | None, domain: str, intake: Intake, not_used: Counter[str], wanted: Mapping[str, object]
) -> Iterable[tuple[Cells, str]]:
    """The admitted rows with a wanted test that was done, each with its test code."""
    if dataset is None:
        return
    once = KeysOnce()
    sequence, code = f"{domain}SEQ", f"{domain}TESTCD"
    for cells in intake.admit(dataset, domain=domain, required=(sequence, code)):
        once.check(cells, sequence, cells.text("USUBJID"), cells.sequence(sequence))
        test = cells.required(code).upper()
        if test not in wanted:
            not_used[f"{domain}: other tests"] += 1
        elif cells.text(f"{domain}STAT").upper() == NOT_DONE:
            not_used[f"{domain}: not done"] += 1
        else:
            yield cells, test


def _pressure(cells: Cells, test: BloodGas, limits: Mapping[str, Plausibility]) -> Decimal | None:
    standard = bool(cells.text("LBSTRESN"))
    result, unit = ("LBSTRESN", "LBSTRESU") if standard else ("LBORRES", "LBORRESU")
    number = cells.number(result)
    if number is None:
        return None
    written = cells.text(unit).upper()
    if written not in test.units:
        names = ", ".join(name for name in test.units if name)
        cells.refuse(unit, f"the unit of {cells.text('LBTESTCD')} is none of {names}")
        return None
    value = mmhg_of_kpa(number) if written == KPA else number
    limit = limits.get(test.plausibility)
    lowest, highest = (limit.hard_low, limit.hard_high) if limit else (Decimal(0), test.highest)
    if not lowest <= value <= highest:
        cells.refuse(result, f"{cells.text('LBTESTCD')} lies between {lowest} and {highest} mmHg")
    return value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _taken(
    cells: Cells, domain: str, field: str, value: Decimal | None, intake: Intake, not_used: Counter[str]
) -> list[DayValue]:
    """The value with its time; a row without a value or a day gives nothing and is counted."""
    participant = cells.text("USUBJID")
    zone = intake.zone(participant)
    taken = cells.moment(f"{domain}DTC", zone)
    if not cells.are_sound:
        return []
    if value is None or taken is None or taken.precision in TOO_VAGUE:
        not_used[f"{domain}: without a value or a day"] += 1
        return []
    return [DayValue(RecordOrigin(cells.row.file, cells.row.line), participant, field, value, taken, zone)]


def values_by_day(
    values: Sequence[DayValue],
    people: Iterable[ParticipantRecord],
    enrolments: Mapping[str, Enrolment],
    intake: Intake,
    not_used: Counter[str],
) -> tuple[DayRecord, ...]:
    """The values by participant and day, from day 0 on; a day after the death is refused."""
    deaths = {one.code: one.death for one in people if one.death is not None}
    days: dict[tuple[str, date], dict[str, DayValue]] = {}
    for value in sorted(values, key=_moment_of):
        if _is_before_day0(value, enrolments.get(value.participant)):
            not_used["daily assessments: before day 0 or not enrolled"] += 1
        elif _is_after_death(value, deaths.get(value.participant), intake):
            continue
        elif value.field in (day := days.setdefault((value.participant, value.day), {})):
            not_used["daily assessments: further value of a day"] += 1
        else:
            day[value.field] = value
    return tuple(_record(key, fields, not_used) for key, fields in sorted(days.items()))


def _moment_of(value: DayValue) -> tuple[datetime, str, int]:
    return value.taken.earliest, value.origin.file, value.origin.line


def _is_before_day0(value: DayValue, enrolment: Enrolment | None) -> bool:
    return enrolment is None or value.day < local_date(enrolment.at.earliest, value.zone)


def _is_after_death(value: DayValue, death: PartialMoment | None, intake: Intake) -> bool:
    if death is None or value.day <= local_date(death.latest, value.zone):
        return False
    rule = f"the day is after the death ({death.text})"
    intake.refuse(value.origin, value.taken.text, rule)
    return True


def _record(key: tuple[str, date], fields: Mapping[str, DayValue], not_used: Counter[str]) -> DayRecord:
    participant, day = key
    kept = {name: value.value for name, value in fields.items()}
    if {"pao2_mmhg", "fio2_fraction", "pf_ratio_given"} <= set(kept):
        del kept["pf_ratio_given"]
        not_used["daily assessments: ratio beside its parts"] += 1
    first = min(fields.values(), key=_moment_of)
    return DayRecord(origin=first.origin, participant=participant, day=day, values=kept)
