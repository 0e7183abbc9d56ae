"""Lists contradictions that real data hold: imported as they are, for people to reconcile (contracts, SDTM in).

Rules R2, R4, R5, R7, R8, R11 and R12 of the adverse-event facts, on imported rows. Nothing here reads an arm, a dose
or a lot: every sentence may be shown to the blinded.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from interchange.rules.records import Enrolment, EventRecord, ExposureRecord, Finding, ParticipantRecord
from interchange.rules.supplementals import SAFETY_POPULATION
from interchange.rules.terminology import FATAL, NOT_RECOVERED, RECOVERED, RECOVERED_WITH_SEQUELAE
from trials.rules.dates import PartialMoment, surely_after, surely_before

FATAL_GRADE = 5
SEVERE_GRADE = 3  # CTCAE: grade 3 is severe; R4 warns of MILD at or above it and of SEVERE at grade 1
MILD_GRADE = 1

Check = Callable[[EventRecord], str | None]


@dataclass(frozen=True)
class Case:
    """Everything of one participant that findings compare; `starts` of the doses that were given."""

    participant: ParticipantRecord
    enrolment: Enrolment | None
    events: tuple[EventRecord, ...]
    starts: tuple[PartialMoment, ...]


def criterion_without_serious(event: EventRecord) -> str | None:
    """R5: any criterion of seriousness needs AESER = Y."""
    met = [name for name, value in event.criteria.items() if value]
    return f"AESER is N and {' and '.join(met)} Y" if event.serious is False and met else None


def serious_without_criterion(event: EventRecord) -> str | None:
    """R5: AESER = Y needs a criterion."""
    return (
        "AESER is Y and no criterion of seriousness is Y"
        if event.serious and not any(event.criteria.values())
        else None
    )


def recovered_without_end(event: EventRecord) -> str | None:
    """R7: a recovered event has an end."""
    recovered = event.outcome in (RECOVERED, RECOVERED_WITH_SEQUELAE)
    return f"AEOUT is {event.outcome} without AEENDTC" if recovered and event.end is None else None


def not_recovered_with_end(event: EventRecord) -> str | None:
    """R7: an event that goes on has no end."""
    going_on = event.outcome == NOT_RECOVERED and event.end is not None
    return f"AEOUT is {NOT_RECOVERED} with an AEENDTC" if going_on else None


def fatal_grade_differs(event: EventRecord) -> str | None:
    """R2: grade 5 and outcome FATAL come together, where grades are given."""
    if event.grade is None or (event.grade == FATAL_GRADE) == (event.outcome == FATAL):
        return None
    return f"AETOXGR is {event.grade} and AEOUT is {event.outcome or 'missing'}"


def fatal_without_criterion(event: EventRecord) -> str | None:
    """R2: outcome FATAL and criterion AESDTH come together."""
    results_in_death = event.criteria.get("AESDTH")
    if event.outcome == FATAL and not results_in_death:
        return "AEOUT is FATAL and AESDTH is not Y"
    return "AESDTH is Y and AEOUT is not FATAL" if results_in_death and event.outcome != FATAL else None


def severity_against_grade(event: EventRecord) -> str | None:
    """R4: severity and grade are independent, but MILD at grade 3 or above and SEVERE at grade 1 ask for a look."""
    if event.grade is None:
        return None
    odd = (event.severity == "MILD" and event.grade >= SEVERE_GRADE) or (
        event.severity == "SEVERE" and event.grade <= MILD_GRADE
    )
    return f"AESEV is {event.severity} and AETOXGR is {event.grade}" if odd else None


def serious_without_cause(event: EventRecord) -> str | None:
    """R11: a serious event without causality counts as related until somebody answers."""
    return "AESER is Y and AEREL is missing" if event.serious and not event.causality else None


EVENT_CHECKS: Mapping[str, Check] = {
    "criterion-without-serious": criterion_without_serious,
    "serious-without-criterion": serious_without_criterion,
    "recovered-without-end": recovered_without_end,
    "not-recovered-with-end": not_recovered_with_end,
    "fatal-grade-differs": fatal_grade_differs,
    "fatal-without-criterion": fatal_without_criterion,
    "severity-against-grade": severity_against_grade,
    "serious-without-cause": serious_without_cause,
}


def find_contradictions(cases: Iterable[Case]) -> tuple[Finding, ...]:
    """Every finding of every participant, in the order of the files."""
    found = [finding for case in cases for finding in _of_case(case)]
    return tuple(sorted(found, key=lambda finding: (finding.origin.file, finding.origin.line, finding.code)))


def cases_of(
    participants: Iterable[ParticipantRecord],
    enrolments: Mapping[str, Enrolment],
    events: Iterable[EventRecord],
    exposures: Iterable[ExposureRecord],
) -> Iterator[Case]:
    """One case per participant; doses that were not given are left out."""
    events_of: dict[str, list[EventRecord]] = defaultdict(list)
    starts_of: dict[str, list[PartialMoment]] = defaultdict(list)
    for event in events:
        events_of[event.participant].append(event)
    for exposure in exposures:
        if exposure.started is not None:
            starts_of[exposure.participant].append(exposure.started)
    for one in participants:
        yield Case(one, enrolments.get(one.code), tuple(events_of[one.code]), tuple(starts_of[one.code]))


def _of_case(case: Case) -> Iterator[Finding]:
    for event in case.events:
        for code, check in EVENT_CHECKS.items():
            yield from _event_finding(code, event, check(event))
        yield from _event_finding("fatal-without-death", event, _fatal_without_death(case, event))
        yield from _event_finding("onset-after-death", event, _onset_after_death(case, event))
        yield from _event_finding("onset-before-consent", event, _onset_before_consent(case, event))
        yield from _event_finding("emergent-before-treatment", event, _emergent_before_treatment(case, event))
    for code, message in _participant_messages(case):
        yield Finding(code, case.participant.code, "participant", message, case.participant.origin)


def _event_finding(code: str, event: EventRecord, message: str | None) -> Iterator[Finding]:
    if message is not None:
        yield Finding(code, event.participant, f"adverse event {event.sequence}", message, event.origin)


def _fatal_without_death(case: Case, event: EventRecord) -> str | None:
    """R12: a fatal event needs a death in DM."""
    return (
        "AEOUT is FATAL and DM has no death" if event.outcome == FATAL and not case.participant.died else None
    )


def _onset_after_death(case: Case, event: EventRecord) -> str | None:
    death = case.participant.death
    after = death is not None and event.onset is not None and surely_after(event.onset, death)
    return (
        f"AESTDTC {event.onset.text} is after the death {death.text}"
        if after and event.onset and death
        else None
    )


def _onset_before_consent(case: Case, event: EventRecord) -> str | None:
    """R7: an adverse event begins at or after consent."""
    consent, onset = case.participant.consented, event.onset
    if consent is None or onset is None or not surely_before(onset, consent):
        return None
    return f"AESTDTC {onset.text} is before RFICDTC {consent.text}"


def _emergent_before_treatment(case: Case, event: EventRecord) -> str | None:
    """A treatment-emergent event needs a dose before the latest moment that its onset allows."""
    if not event.treatment_emergent:
        return None
    if not case.starts:
        return "AETRTEM is Y and EX has no dose"
    first = min(case.starts, key=lambda start: start.earliest)
    if event.onset is not None and surely_before(event.onset, first):
        return f"AETRTEM is Y and AESTDTC {event.onset.text} is before the first dose {first.text}"
    return None


def _participant_messages(case: Case) -> Iterator[tuple[str, str]]:
    one = case.participant
    if one.died and one.death is None:
        yield "death-without-date", "DM has a death without DTHDTC"
    if one.died and not any(event.outcome == FATAL for event in case.events):
        yield "death-without-fatal-event", "DM has a death and no adverse event is FATAL"
    if sum(event.outcome == FATAL for event in case.events) > 1:
        yield "several-fatal-events", "more than one adverse event is FATAL; the death is counted once"
    if case.starts and case.enrolment is None:
        yield "dose-without-enrolment", "EX has a dose of a participant who was not enrolled"
    if case.starts and case.enrolment and any(surely_before(s, case.enrolment.at) for s in case.starts):
        yield "dose-before-enrolment", f"EX has a dose before the enrolment {case.enrolment.at.text}"
    given = one.populations.get(SAFETY_POPULATION)
    if given is not None and given != bool(case.starts):
        yield "safety-population-differs", f"SUPPDM SAFETY is {'Y' if given else 'N'} against the doses of EX"
