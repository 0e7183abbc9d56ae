"""Reads DS, and decides from it who was randomised, who failed screening, and who left the trial when and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from interchange.rules.admission import Intake, KeysOnce
from interchange.rules.records import DispositionRecord, Origin
from interchange.rules.rows import Dataset
from interchange.rules.terminology import (
    COMPLETED,
    DEATH,
    DISPOSITION_EVENT,
    RANDOMISED,
    SCREEN_FAILURE,
    STUDY_TREATMENT,
)

REQUIRED = ("DSSEQ", "DSTERM", "DSDECOD")


@dataclass(frozen=True)
class Course:
    """What DS says of one participant; each may be None = not said."""

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
            origin=Origin(cells.row.file, cells.row.line),
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
    """What the rows of one participant say together; of several of a kind the first in sequence counts.

    Leaving the treatment (DSSCAT STUDY TREATMENT) is not leaving the trial; a death is one wherever it stands.
    """
    rows = sorted(dispositions, key=lambda row: row.sequence)
    events = [row for row in rows if row.category in ("", DISPOSITION_EVENT) and row.scope != STUDY_TREATMENT]
    not_left = {COMPLETED, DEATH, SCREEN_FAILURE} | RANDOMISED
    return Course(
        randomised=next((row for row in rows if row.decoded in RANDOMISED), None),
        screen_failure=next((row for row in rows if row.decoded == SCREEN_FAILURE), None),
        left=next((row for row in events if row.category and row.decoded not in not_left), None),
        completed=next((row for row in events if row.decoded == COMPLETED), None),
        death=next((row for row in rows if row.decoded == DEATH), None),
    )
