"""Refuses an import that would overwrite a record entered by hand, or undo an enrolment."""

from collections.abc import Iterator

from assessments.models import DailyAssessment
from interchange.rules import BadRow, Study
from interchange.rules.records import RecordOrigin
from trials.choices import Source
from trials.models import Infusion, Participant


def conflicts_of(study: Study, *, trial_code: str) -> tuple[BadRow, ...]:
    """Every row of the files that an import may not write; empty for a new trial."""
    return (
        *_participant_conflicts(study, trial_code),
        *_infusion_conflicts(study, trial_code),
        *_day_conflicts(study, trial_code),
    )


def _participant_conflicts(study: Study, trial_code: str) -> Iterator[BadRow]:
    known = {row.code: row for row in Participant.objects.filter(trial__code=trial_code)}
    for record in study.participants:
        row = known.get(record.code)
        if row is None:
            continue
        if row.source != Source.IMPORT:
            yield _bad(record.origin, "USUBJID", record.code, "this participant was entered by hand")
        elif row.enrolment_number is not None and record.code not in study.enrolments:
            reason = "an earlier import enrolled this participant; an enrolment is not taken back, withdraw instead"
            yield _bad(record.origin, "USUBJID", record.code, reason)


def _infusion_conflicts(study: Study, trial_code: str) -> Iterator[BadRow]:
    entered = Infusion.objects.filter(trial__code=trial_code, source=Source.ENTRY).standing()
    keys = set(entered.values_list("participant__code", "number"))
    for record in study.exposures:
        if (record.participant, record.sequence) in keys:
            yield _bad(record.origin, "EXSEQ", str(record.sequence), "this infusion was entered by hand")


def _day_conflicts(study: Study, trial_code: str) -> Iterator[BadRow]:
    rows = DailyAssessment.objects.filter(trial__code=trial_code, source=Source.ENTRY).standing()
    entered = set(rows.values_list("participant__code", "assessed_date"))
    for record in study.days:
        if (record.participant, record.day) in entered:
            reason = "the assessment of this day was entered by hand"
            yield _bad(record.origin, "USUBJID", f"{record.participant} {record.day}", reason)


def _bad(origin: RecordOrigin, variable: str, value: str, reason: str) -> BadRow:
    return BadRow(origin.file, origin.line, variable, value, reason)
