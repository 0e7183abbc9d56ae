"""Reads DS, and derives who was randomised, who failed screening, and who left the trial when and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from interchange.rules.admission import Intake, KeysOnce
from interchange.rules.records import DispositionRecord, RecordOrigin
from interchange.rules.rows import Dataset
from interchange.rules.terminology import (
    COMPLETED,
    DEATH,
    DISPOSITION_EVENT,
    RANDOMISED,
    SCREEN_FAILURE,
    STUDY_TREATMENT,
)
from partial_dates import surely_before

REQUIRED = ("DSSEQ", "DSTERM", "DSDECOD")


@dataclass(frozen=True)
class Course:
    """The content of DS for one participant; each may be None = not recorded."""

    randomised: DispositionRecord | None = None
    screen_failure: DispositionRecord | None = None
    left: DispositionRecord | None = None
    completed: DispositionRecord | None = None
    death: DispositionRecord | None = None


def read_dispositions(dataset: Dataset | None, intake: Intake) -> tuple[DispositionRecord, ...]:
    """One record per row of DS."""
    if dataset is None:
        return ()
    once = KeysOnce()
    records = []
    for cells in intake.admit(dataset, domain="DS", required=REQUIRED):
        participant = cells.text("USUBJID")
        record = DispositionRecord(
            origin=RecordOrigin(cells.row.file, cells.row.line),
            participant=participant,
            sequence=cells.sequence("DSSEQ"),
            decoded=cells.required("DSDECOD").upper(),
            term=cells.text("DSTERM"),
            category=cells.text("DSCAT").upper(),
            scope=cells.text("DSSCAT").upper(),
            started=cells.moment("DSSTDTC", intake.zone(participant)),
        )
        once.check(cells, "DSSEQ", participant, record.sequence)
        if cells.are_sound:
            records.append(record)
    return tuple(records)


def course_of(dispositions: Iterable[DispositionRecord]) -> Course:
    """The combined content of the rows of one participant.

    DS has one disposition per epoch (SDTMIG 3.4, DS assumptions). The last one gives the end of the trial: a
    participant who stopped or completed the treatment and completed the follow-up later has completed the trial.
    Leaving the treatment (DSSCAT STUDY TREATMENT) is not leaving the trial; a death counts in any row.
    """
    rows = sorted(dispositions, key=lambda row: row.sequence)
    events = [row for row in rows if row.category in ("", DISPOSITION_EVENT) and row.scope != STUDY_TREATMENT]
    not_left = {COMPLETED, DEATH, SCREEN_FAILURE} | RANDOMISED
    left = _last(row for row in events if row.category and row.decoded not in not_left)
    completed = _last(row for row in events if row.decoded == COMPLETED)
    return Course(
        randomised=next((row for row in rows if row.decoded in RANDOMISED), None),
        screen_failure=next((row for row in rows if row.decoded == SCREEN_FAILURE), None),
        left=None if _is_surely_earlier(left, completed) else left,
        completed=completed,
        death=next((row for row in rows if row.decoded == DEATH), None),
    )


def _last(rows: Iterable[DispositionRecord]) -> DispositionRecord | None:
    """The latest by date, then by sequence; one without a date only when no other has one."""
    dated = [(row.started is not None, row.started and row.started.latest, row.sequence, row) for row in rows]
    return max(dated, key=lambda one: one[:3])[3] if dated else None


def _is_surely_earlier(one: DispositionRecord | None, other: DispositionRecord | None) -> bool:
    if one is None or other is None or one.started is None or other.started is None:
        return False
    return surely_before(one.started, other.started)
