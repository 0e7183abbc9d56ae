"""SDTM data sets (SDTMIG 3.4) as records: reading, checking, matching to the protocol, contradictions. Pure."""

from interchange.rules.dataset_json import parse_dataset_json, parse_dataset_ndjson
from interchange.rules.delimited import parse_csv
from interchange.rules.findings import find_contradictions
from interchange.rules.records import (
    AntibodyRecord,
    DayRecord,
    DispositionRecord,
    Enrolment,
    EventRecord,
    ExposureRecord,
    ImportFinding,
    ParticipantRecord,
    RecordOrigin,
    VasopressorRecord,
    VitalsRecord,
)
from interchange.rules.rows import BadRow, Dataset, SourceRow, UnreadableFileError, row_differences
from interchange.rules.study import DATASETS, Study, read_study
from interchange.rules.terms import Vocabulary

__all__ = [
    "DATASETS",
    "AntibodyRecord",
    "BadRow",
    "Dataset",
    "DayRecord",
    "DispositionRecord",
    "Enrolment",
    "EventRecord",
    "ExposureRecord",
    "ImportFinding",
    "ParticipantRecord",
    "RecordOrigin",
    "SourceRow",
    "Study",
    "UnreadableFileError",
    "VasopressorRecord",
    "VitalsRecord",
    "Vocabulary",
    "find_contradictions",
    "parse_csv",
    "parse_dataset_json",
    "parse_dataset_ndjson",
    "read_study",
    "row_differences",
]
