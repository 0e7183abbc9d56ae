"""The content of the rows of a study, one frozen dataclass per kind of record, each with its file and line.

Dates are `PartialMoment`: the text as given and the span that it can mean. None is unknown, never no. Fields below a
"sealed" comment contain the arm or could reveal it: they are written to sealed tables only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from events.rules.adverse_events import EventFacts
from haemodynamics.choices import RateUnit, Vasopressor
from partial_dates import PartialMoment
from trials.choices import EnrolmentBasis, InfusionStatus, Salt


@dataclass(frozen=True, slots=True)
class RecordOrigin:
    """The place of a record: file, line (CSV) or record (XPT, JSON), from 1."""

    file: str
    line: int


@dataclass(frozen=True)
class ParticipantRecord:
    """One row of DM. `age_years` whole years as given; `site_code` is SITEID."""

    origin: RecordOrigin
    code: str
    subject_number: str
    site_code: str
    country: str
    age_years: int | None
    sex: str
    consented: PartialMoment | None
    reference_start: PartialMoment | None
    collected: PartialMoment | None
    died: bool
    death: PartialMoment | None
    is_screen_failure: bool
    populations: Mapping[str, bool]
    # sealed
    arm_code: str | None
    actual_arm_code: str | None
    labelled_arm_code: str | None = None


@dataclass(frozen=True)
class DispositionRecord:
    """One row of DS: a protocol milestone or how the participant left; `category` is DSCAT, `scope` DSSCAT."""

    origin: RecordOrigin
    participant: str
    sequence: int
    decoded: str
    term: str
    category: str
    scope: str
    started: PartialMoment | None


@dataclass(frozen=True)
class ExposureRecord:
    """One row of EX: an infusion, or a span of doses; EXSEQ is its number.

    `started` is None when it was not given.
    """

    origin: RecordOrigin
    participant: str
    sequence: int
    status: InfusionStatus
    started: PartialMoment | None
    ended: PartialMoment | None
    volume_ml: Decimal | None
    # sealed
    treatment: str
    dose: Decimal | None
    dose_unit: str
    lot: str


@dataclass(frozen=True)
class EventRecord:
    """One row of AE: what the rules judge in `facts`, its term and class (`soc`), CTCAE's or the study's own.

    `dictionary_columns` are MedDRA-like columns kept as text, with the lines of an episode under `lines`. `group` is
    AEGRPID; `key` finds the event again at the next import; `lines` are the lines of an episode in the order of their begin.
    """

    origin: RecordOrigin
    participant: str
    sequence: int
    facts: EventFacts
    term: str
    soc: str
    action: str
    treatment_emergent: bool | None
    dictionary_columns: Mapping[str, Any]
    group: str = ""
    key: str = ""
    lines: tuple["EventRecord", ...] = ()


@dataclass(frozen=True)
class VitalsRecord:
    """The vital signs of one participant at one time and time point, by field; `repeat` counts from 1."""

    origin: RecordOrigin
    participant: str
    measured: PartialMoment
    timepoint: str
    repeat: int
    values: Mapping[str, Decimal]


@dataclass(frozen=True)
class DayRecord:
    """One assessed day of one participant: the values of LB, VS, QS and RS, by field."""

    origin: RecordOrigin
    participant: str
    day: date
    values: Mapping[str, Decimal]


@dataclass(frozen=True)
class VasopressorRecord:
    """One row of CM that is a continuous vasopressor: agent, rate and unit from `started` to `ended`."""

    origin: RecordOrigin
    participant: str
    sequence: int
    agent: Vasopressor
    salt: Salt
    rate: Decimal
    unit: RateUnit
    started: PartialMoment
    ended: PartialMoment | None


@dataclass(frozen=True)
class AntibodyRecord:
    """One row of IS: one anti-HLA specificity of one serum. Sealed as a whole; `mfi` None = not measured.

    `mfi_limit` is "<" or ">" when the value lies beyond `mfi`, the end of the reader's range.
    """

    origin: RecordOrigin
    participant: str
    sequence: int
    specimen: str
    collected: PartialMoment
    planned_day: int | None
    specificity: str
    hla_class: Literal["I", "II"]
    mfi: Decimal | None
    kit: str
    run: str
    mfi_limit: str = ""


@dataclass(frozen=True)
class ImportFinding:
    """A contradiction between records for people to reconcile. Without anything sealed."""

    code: str
    participant: str
    record: str
    message: str
    origin: RecordOrigin


@dataclass(frozen=True)
class Enrolment:
    """When a participant was enrolled, and the variable it comes from (`basis` as stored, `variable` as in SDTM)."""

    at: PartialMoment
    basis: EnrolmentBasis
    variable: str
