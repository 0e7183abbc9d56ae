"""Lists contradictions in the data: they are imported unchanged, for people to reconcile (contracts, SDTM in).

`events.rules` (R1 to R12) judges contradictions between events and deaths; every board report lists them by the same
rules. This module adds the contradictions that only the files show. Nothing here reads an arm, a product, a lot or a
dose: every sentence may be shown to blinded people.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from events.rules import reconciliation
from events.rules.adverse_events import EventContext, is_treatment_emergent, spans_of_event
from interchange.rules.records import Enrolment, EventRecord, ExposureRecord, ImportFinding, ParticipantRecord
from interchange.rules.supplementals import SAFETY_POPULATION
from partial_dates import PartialMoment, surely_before
from trials.rules.protocol import Protocol


@dataclass(frozen=True)
class ParticipantRecords:
    """The records of one participant that findings compare; `starts` of the doses that were given."""

    participant: ParticipantRecord
    enrolment: Enrolment | None
    events: tuple[EventRecord, ...]
    starts: tuple[PartialMoment, ...]


def records_by_participant(
    participants: Iterable[ParticipantRecord],
    enrolments: Mapping[str, Enrolment],
    events: Iterable[EventRecord],
    exposures: Iterable[ExposureRecord],
) -> tuple[ParticipantRecords, ...]:
    """One case per participant; doses that were not given are left out."""
    events_of: dict[str, list[EventRecord]] = defaultdict(list)
    starts_of: dict[str, list[PartialMoment]] = defaultdict(list)
    for event in events:
        events_of[event.participant].append(event)
    for exposure in exposures:
        if exposure.started is not None:
            starts_of[exposure.participant].append(exposure.started)
    return tuple(
        ParticipantRecords(
            one, enrolments.get(one.code), tuple(events_of[one.code]), tuple(starts_of[one.code])
        )
        for one in participants
    )


def find_contradictions(
    cases: Iterable[ParticipantRecords], *, protocol: Protocol, at: datetime
) -> tuple[ImportFinding, ...]:
    """Every finding of every participant, in the order of the files."""
    listed = tuple(cases)
    found = [*_by_rules(listed, protocol, at), *(finding for case in listed for finding in _of_files(case))]
    return tuple(sorted(found, key=lambda finding: (finding.origin.file, finding.origin.line, finding.code)))


def _by_rules(
    cases: Iterable[ParticipantRecords], protocol: Protocol, at: datetime
) -> Iterator[ImportFinding]:
    """The contradictions of R1 to R12."""
    by_code = {case.participant.code: case for case in cases}
    records = [_judged(case, protocol, at) for case in by_code.values()]
    for mismatch in reconciliation.reconcile(records, plan=protocol.reporting):
        case = by_code[mismatch.participant]
        if mismatch.event is None:
            yield _of_participant(case, mismatch.code, mismatch.sentence)
        else:
            yield _of_event(_by_name(case)[mismatch.event], mismatch.code, mismatch.sentence)


def _judged(
    case: ParticipantRecords, protocol: Protocol, at: datetime
) -> reconciliation.ReconciledParticipant:
    context = EventContext(
        at=at,
        dictionary_version=protocol.dictionary.version,
        grades_version=protocol.dictionary.grades,
        causality=protocol.causality,
        consent=case.participant.consented,
        enrolled=case.enrolment.at if case.enrolment else None,
        first_infusion=min(case.starts, key=lambda start: start.earliest, default=None),
        is_dead=case.participant.died,
        death=case.participant.death,
    )
    events = tuple(
        reconciliation.ReconciledEvent(name, event.facts) for name, event in _by_name(case).items()
    )
    return reconciliation.ReconciledParticipant(case.participant.code, context, events)


def _by_name(case: ParticipantRecords) -> Mapping[str, EventRecord]:
    """The participant's events by AESEQ.

    Where one is used twice with the line, so that each is found under its own name.
    """
    uses = Counter(event.sequence for event in case.events)
    return {
        str(event.sequence)
        if uses[event.sequence] == 1
        else f"{event.sequence} (line {event.origin.line})": event
        for event in case.events
    }


def _of_files(case: ParticipantRecords) -> Iterator[ImportFinding]:
    for event in case.events:
        message = _emergent_before_treatment(case, event)
        if message is not None:
            yield _of_event(event, "emergent_before_treatment", message)
    for code, message in _participant_messages(case):
        yield _of_participant(case, code, message)


def _of_event(event: EventRecord, code: str, message: str) -> ImportFinding:
    return ImportFinding(code, event.participant, f"adverse event {event.sequence}", message, event.origin)


def _of_participant(case: ParticipantRecords, code: str, message: str) -> ImportFinding:
    return ImportFinding(code, case.participant.code, "participant", message, case.participant.origin)


def _emergent_before_treatment(case: ParticipantRecords, event: EventRecord) -> str | None:
    """A treatment-emergent event needs a dose before the latest moment that its onset allows."""
    if not event.treatment_emergent:
        return None
    if not case.starts:
        return "AETRTEM: Y, but EX has no dose of this participant."
    first, death = min(case.starts, key=lambda start: start.earliest), case.participant.death
    spans = spans_of_event(event.facts, participant=[death.latest] if death else [], known_at=None)
    if is_treatment_emergent(spans, given=None, first_infusion=first.earliest, is_treated=True):
        return None
    if event.facts.onset is None:
        return f"AETRTEM: Y, but the event was over before the first dose {first.text}."
    return f"AETRTEM: Y, but the onset {event.facts.onset.text} is before the first dose {first.text}."


def _participant_messages(case: ParticipantRecords) -> Iterator[tuple[str, str]]:
    one, enrolment = case.participant, case.enrolment
    if one.died and one.death is None:
        yield "death_without_date", "DTHDTC: not recorded, but the participant died."
    if case.starts and enrolment is None:
        yield "dose_without_enrolment", "EX: a dose of a participant who was not enrolled."
    if enrolment is not None and any(surely_before(start, enrolment.at) for start in case.starts):
        yield "dose_before_enrolment", f"EX: a dose before the enrolment {enrolment.at.text}."
    given = one.populations.get(SAFETY_POPULATION)
    if given is not None and given != bool(case.starts):
        yield "safety_population_differs", f"SAFETY: {'Y' if given else 'N'}, against the doses in EX."
