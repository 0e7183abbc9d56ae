"""Writing the adverse events of a trial as SDTM: AE and SUPPAE, open data alone."""

from datetime import datetime

from events.models import AdverseEvent
from events.rules.adverse_events.entered import CRITERIA
from events.rules.course import Observation
from interchange.queries import event_courses, events_to_export
from interchange.rules.event_lines import ExportedEvent, Line, lines_of_events
from partial_dates import local_date
from trials.models import ProtocolVersion, Trial


def export_events(*, trial: Trial, at: datetime) -> tuple[list[Line], list[Line]]:
    """The lines of AE and of SUPPAE of the recorded events, as the newest protocol wants them (four queries)."""
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
    courses = event_courses(trial_id=trial.pk)
    events = [_exported(row, courses.get(row.pk, [])) for row in events_to_export(trial_id=trial.pk)]
    day = local_date(at, protocol.timezone).isoformat()
    return lines_of_events(events, study=trial.code, lines=protocol.dictionary.lines, on=day)


def _exported(row: AdverseEvent, rows: list[Observation]) -> ExportedEvent:
    term = row.ctcae_term
    return ExportedEvent(
        participant=row.participant.code,
        number=row.number,
        term=row.specify or row.reported_term,
        decoded=term.term if term else row.dictionary_term,
        soc=term.soc if term else row.dictionary_soc,
        onset=row.onset,
        ended=row.ended,
        grade=row.grade,
        severity=row.severity,
        serious=row.serious,
        criteria={name: getattr(row, name) for name in CRITERIA},
        causality=row.causality,
        action=row.action_taken,
        outcome=row.outcome,
        ongoing=row.ongoing,
        treatment_emergent=row.treatment_emergent,
        autopsy=row.autopsy,
        coding=row.dictionary_coding or {},
        rows=tuple(rows),
    )
