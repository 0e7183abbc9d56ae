"""Reads a whole study: every data set, all bad values at once, contradictions, and unused parts."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from interchange.rules.admission import Intake
from interchange.rules.adverse_events import DICTIONARY_COLUMNS, EventReader
from interchange.rules.antibodies import VARIABLES as ANTIBODY_VARIABLES
from interchange.rules.antibodies import read_antibodies
from interchange.rules.cells import Notes
from interchange.rules.days import read_blood_gases, read_points, values_by_day
from interchange.rules.deaths import death_disagreements, with_deaths
from interchange.rules.dispositions import Course, course_of, read_dispositions
from interchange.rules.enrolment import enrolment_of
from interchange.rules.exposures import VARIABLES as EXPOSURE_VARIABLES
from interchange.rules.exposures import read_exposures
from interchange.rules.findings import find_contradictions, records_by_participant
from interchange.rules.medications import read_medications
from interchange.rules.participants import read_participants, zones_of
from interchange.rules.records import (
    AntibodyRecord,
    DayRecord,
    DispositionRecord,
    Enrolment,
    EventRecord,
    ExposureRecord,
    ImportFinding,
    ParticipantRecord,
    VasopressorRecord,
    VitalsRecord,
)
from interchange.rules.remarks import ImportRemark, absent_datasets, unused_columns
from interchange.rules.rows import NO_LINE, BadRow, Dataset
from interchange.rules.supplementals import Parent, read_supplementals
from interchange.rules.terms import Vocabulary
from interchange.rules.vitals import read_vitals
from trials.rules.protocol import Protocol

DOMAINS = ("dm", "ex", "ae", "ds", "vs", "cm", "is", "lb", "qs", "rs")
SUPPLEMENTALS = tuple(f"supp{domain}" for domain in DOMAINS)
DATASETS = (*DOMAINS, *SUPPLEMENTALS)
UNUSED_SUPPLEMENTALS = ("ex", "ds", "vs", "cm", "is", "lb", "qs", "rs")
ARM_VARIABLES = ("ARMCD", "ARM", "ACTARMCD", "ACTARM", "ARMNRS", "RFSTDTC", "DMDTC")
READING_OF_ANTIBODIES = (
    "A result below 0 is stored as 0, one given as “>N” or “<N” as N; tests that name no HLA specificity are not "
    "used."
)
"""Reported for every IS, whatever its content, because it is sealed whether it applies to a row."""
USED = {
    "dm": (*ARM_VARIABLES, "SUBJID", "RFICDTC"),
    "ex": (*EXPOSURE_VARIABLES,),
    "is": (*ANTIBODY_VARIABLES,),
    "ae": ("AEBODSYS", "AESOC", *DICTIONARY_COLUMNS),
}
"""Columns with a use whether or not a row of this study needed them."""


@dataclass(frozen=True)
class Study:
    """One study as in its files. With any bad row, nothing of it may be written."""

    participants: tuple[ParticipantRecord, ...] = ()
    courses: Mapping[str, Course] = field(default_factory=dict)
    enrolments: Mapping[str, Enrolment] = field(default_factory=dict)
    exposures: tuple[ExposureRecord, ...] = ()
    events: tuple[EventRecord, ...] = ()
    vitals: tuple[VitalsRecord, ...] = ()
    days: tuple[DayRecord, ...] = ()
    vasopressors: tuple[VasopressorRecord, ...] = ()
    antibodies: tuple[AntibodyRecord, ...] = ()
    findings: tuple[ImportFinding, ...] = ()
    bad_rows: tuple[BadRow, ...] = ()
    not_used: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[ImportRemark, ...] = ()

    def course(self, participant: ParticipantRecord) -> Course:
        """The content of DS for the participant; an empty course when there is none."""
        return self.courses.get(participant.code, Course())


def read_study(
    datasets: Mapping[str, Dataset], *, protocol: Protocol, vocabulary: Vocabulary | None, at: datetime
) -> Study:
    """Read the data sets, by lower-case name, of the study of `protocol`, at the time `at` (aware).

    Never raises because of a file's content: all bad rows of all files are returned together, in the order of the
    files. `vocabulary` is the protocol's CTCAE version, None when its dictionary is `none`.
    """
    unsplit = tuple(bad for dataset in datasets.values() for bad in dataset.bad_rows)
    if "dm" not in datasets or not datasets["dm"].rows:
        file = datasets["dm"].file if "dm" in datasets else "dm"
        reason = "there is no DM data set with at least one row, in which every participant stands"
        return Study(bad_rows=(*unsplit, BadRow(file, NO_LINE, "", "", reason)))
    intake = Intake(protocol.code, zones_of(datasets["dm"], protocol), at)
    for dataset in datasets.values():
        intake.check_study(dataset)
    study = _read_domains(datasets, protocol, vocabulary, intake)
    bad_rows = sorted((*unsplit, *intake.refused), key=lambda bad: (bad.file, bad.line))
    return replace(study, bad_rows=tuple(bad_rows))


def _read_domains(
    datasets: Mapping[str, Dataset], protocol: Protocol, vocabulary: Vocabulary | None, intake: Intake
) -> Study:
    read = read_participants(datasets["dm"], datasets.get("suppdm"), protocol, intake)
    courses = _courses(read_dispositions(datasets.get("ds"), intake))
    participants = with_deaths(read, courses)
    exposures = read_exposures(datasets.get("ex"), intake)
    dosed = {exposure.participant for exposure in exposures if exposure.started is not None}
    enrolments = _enrolments(participants, courses, protocol, dosed, intake.refused)
    events = EventReader(protocol, vocabulary, intake).read(datasets.get("ae"), datasets.get("suppae"))
    limits = protocol.haemodynamics.plausibility if protocol.haemodynamics else {}
    daily_limits = protocol.outcomes.plausibility if protocol.outcomes else {}
    vitals = read_vitals(datasets.get("vs"), intake, limits, daily_limits)
    unused_days: Counter[str] = Counter()
    values = [
        *vitals.daily,
        *read_blood_gases(datasets.get("lb"), intake, daily_limits, unused_days),
        *read_points(datasets.get("qs"), "QS", intake, unused_days),
        *read_points(datasets.get("rs"), "RS", intake, unused_days),
    ]
    days = values_by_day(values, participants, enrolments, intake, unused_days)
    medications = read_medications(datasets.get("cm"), intake)
    antibodies = read_antibodies(datasets.get("is"), intake)
    cases = records_by_participant(participants, enrolments, events, exposures)
    return Study(
        participants=participants,
        courses=courses,
        enrolments=enrolments,
        exposures=exposures,
        events=events,
        vitals=vitals.readings,
        days=days,
        vasopressors=medications.vasopressors,
        antibodies=antibodies,
        findings=find_contradictions(cases, protocol=protocol, at=intake.at),
        not_used={
            **{f"VS: {reason}": count for reason, count in sorted(vitals.not_used.items())},
            **dict(sorted(unused_days.items())),
            **{f"CM: {reason}": count for reason, count in sorted(medications.not_used.items())},
            **_unused_qualifiers(datasets, intake),
        },
        remarks=(*death_disagreements(read, courses), *medications.remarks, *_remarks(datasets, intake)),
    )


def _remarks(datasets: Mapping[str, Dataset], intake: Intake) -> Iterator[ImportRemark]:
    """The remarks on the rows, and the unused parts of the files."""
    yield from absent_datasets(datasets)
    if "is" in datasets:
        yield ImportRemark("antibodies_read", datasets["is"].file, READING_OF_ANTIBODIES)
    for name, dataset in datasets.items():
        notes = intake.notes.get(name, Notes())
        yield from notes.remarks
        yield from unused_columns(dataset, notes.used | set(USED.get(name, ())))


def _courses(dispositions: Iterable[DispositionRecord]) -> Mapping[str, Course]:
    by_participant: dict[str, list[DispositionRecord]] = defaultdict(list)
    for disposition in dispositions:
        by_participant[disposition.participant].append(disposition)
    return {participant: course_of(rows) for participant, rows in by_participant.items()}


def _enrolments(
    participants: Iterable[ParticipantRecord],
    courses: Mapping[str, Course],
    protocol: Protocol,
    dosed: Collection[str],
    refused: list[BadRow],
) -> Mapping[str, Enrolment]:
    enrolments = {}
    for participant in participants:
        course, is_dosed = courses.get(participant.code, Course()), participant.code in dosed
        enrolment = enrolment_of(participant, course, protocol, refused, is_dosed=is_dosed)
        if enrolment is not None:
            enrolments[participant.code] = enrolment
    return enrolments


def _unused_qualifiers(datasets: Mapping[str, Dataset], intake: Intake) -> Mapping[str, int]:
    """Check the supplemental qualifiers of domains that have no use for them; the unused ones, by name."""
    for domain in UNUSED_SUPPLEMENTALS:
        name = f"supp{domain}"
        if name in datasets:
            read_supplementals(datasets[name], Parent(domain.upper(), datasets.get(domain)), intake)
    return {reason: 0 if reason[:6] in ("SUPPEX", "SUPPIS") else n for reason, n in intake.not_used.items()}
