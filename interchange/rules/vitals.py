"""Reads VS: haemodynamic and respiratory signs, one reading per participant, time and time point.

Units are converted only where the file names them: a FiO2 of 40 without a unit is refused, never read as 40 %.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from interchange.rules.admission import Intake, KeysOnce
from interchange.rules.cells import Cells
from interchange.rules.days import DayValue
from interchange.rules.records import RecordOrigin, VitalsRecord
from interchange.rules.rows import Dataset
from interchange.rules.terminology import NOT_DONE
from partial_dates import PartialMoment, Precision
from trials.rules.protocol import Plausibility

REQUIRED = ("VSSEQ", "VSTESTCD")
TOO_VAGUE = (Precision.YEAR, Precision.MONTH)
PERCENT = Decimal(100)
FAHRENHEIT_ZERO = Decimal(32)  # °F at 0 °C
FAHRENHEIT_DEGREE = Decimal("1.8")  # °F per °C


LARGEST_STORED = Decimal(999)  # three digits before the point: the range of a reading's fields
WHOLE = Decimal(1)  # a fraction of 1 has no more


@dataclass(frozen=True)
class Sign:
    """One vital sign: its field, decimals, accepted units (SDTM's words, in capitals), and its largest value.

    `plausibility` is the key of the protocol's limits, which apply first; `highest` is the limit by definition or
    storage.
    """

    field: str
    decimals: int
    units: tuple[str, ...]
    plausibility: str
    highest: Decimal = LARGEST_STORED


MMHG = ("MMHG",)
HEART_RATE = Sign("heart_rate_bpm", 0, ("BEATS/MIN", "BPM", "/MIN"), "heart_rate_bpm")
SIGNS: Mapping[str, Sign] = {
    "SYSBP": Sign("sbp_mmhg", 0, MMHG, "sbp_mmhg"),
    "DIABP": Sign("dbp_mmhg", 0, MMHG, "dbp_mmhg"),
    "MAP": Sign("map_mmhg", 0, MMHG, "map_mmhg"),
    "HR": HEART_RATE,
    "PULSE": HEART_RATE,
    "OXYSAT": Sign("spo2_percent", 1, ("%",), "spo2_percent", PERCENT),
    "FIO2": Sign("fio2_fraction", 3, ("FRACTION OF 1", "FRACTION", "%"), "fio2_fraction", WHOLE),
    "PEEP": Sign("peep_cmh2o", 1, ("CMH2O",), "peep_cmh2o"),
    "TEMP": Sign("temperature_c", 1, ("C", "F"), "temperature_celsius"),
    "RESP": Sign("respiratory_rate_min", 0, ("BREATHS/MIN", "/MIN"), "respiratory_rate_per_min"),
}

DAILY_ASSESSMENT = "DAILY ASSESSMENT"
DAILY_SIGNS: Mapping[str, Sign] = {test: SIGNS[test] for test in ("FIO2", "PEEP")}
"""Of the category DAILY ASSESSMENT (VSCAT): part of the day's sheet and not of a check after an infusion."""


@dataclass(frozen=True)
class Vitals:
    """The readings, and the number of rows of VS without one, by reason."""

    readings: tuple[VitalsRecord, ...]
    daily: tuple[DayValue, ...]
    not_used: Mapping[str, int]


@dataclass(frozen=True)
class _Measurement:
    origin: RecordOrigin
    field: str
    value: Decimal
    measured: PartialMoment


def read_vitals(
    dataset: Dataset | None,
    intake: Intake,
    limits: Mapping[str, Plausibility],
    daily_limits: Mapping[str, Plausibility],
) -> Vitals:
    """Every haemodynamic row of VS, grouped into readings; other tests and missing values are only counted.

    Rows of the category DAILY ASSESSMENT are no readings: their values go to the day's assessment. `limits` (of the
    readings) and `daily_limits` are the protocol's, by variable; outside the hard ones a value is refused.
    """
    if dataset is None:
        return Vitals((), (), {})
    not_used: Counter[str] = Counter()
    groups: dict[tuple[str, str, str, int], list[_Measurement]] = {}
    daily: list[DayValue] = []
    once = KeysOnce()
    for cells in intake.admit(dataset, domain="VS", required=REQUIRED):
        participant = cells.text("USUBJID")
        once.check(cells, "VSSEQ", participant, cells.sequence("VSSEQ"))
        zone = intake.zone(participant)
        if cells.text("VSCAT").upper() == DAILY_ASSESSMENT:
            taken = _measurement(cells, zone, daily_limits, not_used, DAILY_SIGNS)
            if taken is not None and cells.are_sound:
                daily.append(
                    DayValue(taken.origin, participant, taken.field, taken.value, taken.measured, zone)
                )
            continue
        measurement = _measurement(cells, zone, limits, not_used, SIGNS)
        if measurement is not None and cells.are_sound:
            _place(groups, participant, timepoint_of(cells), measurement)
    return Vitals(tuple(_reading(*item) for item in groups.items()), tuple(daily), dict(not_used))


def timepoint_of(cells: Cells) -> str:
    """The planned time point as text: VSTPT, else its number; it separates readings of the same time."""
    return cells.text("VSTPT") or cells.text("VSTPTNUM")


def _measurement(
    cells: Cells,
    zone: str,
    limits: Mapping[str, Plausibility],
    not_used: Counter[str],
    signs: Mapping[str, Sign],
) -> _Measurement | None:
    test = cells.required("VSTESTCD").upper()
    sign = signs.get(test)
    if sign is None:
        not_used[f"test {test}"] += 1
        return None
    if cells.text("VSSTAT").upper() == NOT_DONE:
        not_used["not done"] += 1
        return None
    value = _value(cells, sign, limits.get(sign.plausibility))
    measured = cells.moment("VSDTC", zone)
    if value is None or measured is None or measured.precision in TOO_VAGUE:
        _count(not_used, "without a value or a day", cells)
        return None
    return _Measurement(RecordOrigin(cells.row.file, cells.row.line), sign.field, value, measured)


def _count(not_used: Counter[str], reason: str, cells: Cells) -> None:
    """Count a skipped row; a bad row is listed instead."""
    if cells.are_sound:
        not_used[reason] += 1


def _value(cells: Cells, sign: Sign, limits: Plausibility | None) -> Decimal | None:
    """The standardised result, else the original one, in the sign's unit.

    Refused when the unit is unknown or the value impossible.
    """
    standard = bool(cells.text("VSSTRESN"))
    result, unit = ("VSSTRESN", "VSSTRESU") if standard else ("VSORRES", "VSORRESU")
    number = cells.number(result)
    if number is None:
        return None
    written = cells.text(unit).upper()
    if written not in sign.units:
        cells.refuse(unit, f"the unit of {cells.text('VSTESTCD')} is none of {', '.join(sign.units)}")
        return None
    value = _converted(number, sign, written)
    lowest, highest = (limits.hard_low, limits.hard_high) if limits else (Decimal(0), sign.highest)
    if not lowest <= value <= highest:
        cells.refuse(result, f"{cells.text('VSTESTCD')} lies between {lowest} and {highest}")
    return value.quantize(Decimal(1).scaleb(-sign.decimals), rounding=ROUND_HALF_UP)


def _converted(number: Decimal, sign: Sign, unit: str) -> Decimal:
    if sign.field == "fio2_fraction" and unit == "%":
        return number / PERCENT
    if sign.field == "temperature_c" and unit == "F":
        return (number - FAHRENHEIT_ZERO) / FAHRENHEIT_DEGREE
    return number


def _place(
    groups: dict[tuple[str, str, str, int], list[_Measurement]],
    participant: str,
    timepoint: str,
    measurement: _Measurement,
) -> None:
    """Add a measurement to the first reading of its time that lacks its sign: repeats become separate readings."""
    repeat = 1
    while True:
        group = groups.setdefault((participant, measurement.measured.text, timepoint, repeat), [])
        if all(taken.field != measurement.field for taken in group):
            group.append(measurement)
            return
        repeat += 1


def _reading(key: tuple[str, str, str, int], taken: list[_Measurement]) -> VitalsRecord:
    participant, _, timepoint, repeat = key
    return VitalsRecord(
        origin=taken[0].origin,
        participant=participant,
        measured=taken[0].measured,
        timepoint=timepoint,
        repeat=repeat,
        values={measurement.field: measurement.value for measurement in taken},
    )
