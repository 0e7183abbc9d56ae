"""Conversion of the files' content to fields: adverse events, readings with vasopressors, specimens, antibodies."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from assessments.models.assessments import SOFA_FIELDS
from events.choices import ObservationKind
from events.rules.adverse_events import (
    EventFacts,
    StartedInfusion,
    narrowed_onset,
    preceding_infusion,
    spans_of_event,
)
from events.rules.adverse_events.entered import QUALIFIERS
from events.rules.course import DEATH_GRADE, ENDING, EventState
from interchange.rules import EventRecord, Study, VasopressorRecord, VitalsRecord
from interchange.services.field_values import Fields, Ids, precision_of
from partial_dates import PartialMoment
from trials.choices import TimePrecision

Key = tuple[int, str]

SIGN_FIELDS = (
    "heart_rate_bpm",
    "sbp_mmhg",
    "dbp_mmhg",
    "map_mmhg",
    "spo2_percent",
    "fio2_fraction",
    "peep_cmh2o",
    "temperature_c",
    "respiratory_rate_min",
)
LONGEST_SOURCE_KEY = 80  # characters
LONGEST_TIMEPOINT = 60  # characters


def event_fields(
    study: Study, ids: Ids, term_ids: Ids, infusion_ids: Mapping[tuple[Any, int], Any]
) -> Mapping[Key, Fields]:
    """Adverse events by participant and AESEQ.

    `term_ids`: the vocabulary's terms by code; `infusion_ids`: infusions by (participant id, number).
    """
    doses = _doses(study)
    deaths = {person.code: person.death for person in study.participants}
    fields = {}
    for event in study.events:
        participant_id = ids[event.participant]
        number = _follows(event, doses[event.participant], deaths.get(event.participant))
        fields[participant_id, event.key] = {
            "number": event.sequence,
            "after_infusion_id": infusion_ids[participant_id, number] if number else None,
            "treatment_emergent": event.treatment_emergent,
            "action_taken": event.action,
            **_term(event, term_ids),
            **_facts(event.facts),
            **_worsening(event),
        }
    return fields


def course_fields(study: Study, ids: Ids) -> Mapping[Key, tuple[Fields, ...]]:
    """The rows of the course of every event that has several lines, by participant and key of the event, in their order."""
    return {
        (ids[event.participant], event.key): tuple(_course_rows(event))
        for event in study.events
        if event.lines
    }


def _course_rows(event: EventRecord) -> Iterator[Fields]:
    """One row per line, at its begin, and the end where the event has one."""
    for place, line in enumerate(event.lines):
        is_death = line.facts.grade == DEATH_GRADE
        is_last = place == len(event.lines) - 1
        yield {
            "source_key": f"AESEQ {line.sequence} #{place + 1}",
            "kind": ObservationKind.COURSE if place else ObservationKind.OPENING,
            **_span("observed", line.facts.onset),
            "grade": None if is_death else line.facts.grade,
            "outcome": "" if is_last and line.facts.outcome in ENDING else line.facts.outcome,
        }
    state = EventState(ended=event.facts.ended.text if event.facts.ended else "", outcome=event.facts.outcome)
    if state.has_end:
        yield {
            "source_key": "end",
            "kind": ObservationKind.END,
            **_span("observed", event.facts.ended),
            "grade": DEATH_GRADE if event.facts.grade == DEATH_GRADE else None,
            "outcome": event.facts.outcome,
        }


def _doses(study: Study) -> Mapping[str, list[StartedInfusion]]:
    doses: dict[str, list[StartedInfusion]] = defaultdict(list)
    for exposure in study.exposures:
        if exposure.started is not None:
            doses[exposure.participant].append(StartedInfusion(exposure.sequence, exposure.started))
    return doses


def _follows(event: EventRecord, doses: Sequence[StartedInfusion], death: PartialMoment | None) -> int | None:
    """The number of the infusion that the event follows.

    None before the first, or when the dates leave it open.
    """
    spans = spans_of_event(event.facts, participant=[death.latest] if death else [], known_at=None)
    onset = narrowed_onset(event.facts, spans)
    return preceding_infusion(onset, doses).number if onset is not None else None


def _term(event: EventRecord, term_ids: Ids) -> Fields:
    term = event.facts.term
    return {
        "ctcae_term_id": term_ids[term.code] if term else None,
        "dictionary_term": "" if term else event.term,
        "dictionary_soc": "" if term else event.soc,
        "dictionary_coding": dict(event.dictionary_columns),
    }


def _worsening(event: EventRecord) -> Fields:
    """For an episode the lines give the time of worsening.

    A single line gives none, so an entered value stays.
    """
    if not event.lines:
        return {}
    grades = [line.facts.grade for line in event.lines if line.facts.grade is not None]
    last = grades[-1] if grades and grades[-1] < max(grades) else None
    return {**_span("worsened", event.facts.worsened), "present_grade": last}


def _facts(facts: EventFacts) -> Fields:
    return {
        "reported_term": facts.reported_term,
        "specify": facts.specify,
        **_span("onset", facts.onset),
        **_span("ended", facts.ended),
        "ongoing": facts.ongoing,
        "grade": facts.grade,
        "severity": facts.severity,
        "serious": facts.serious,
        **vars(facts.criteria),
        "causality": facts.causality,
        "outcome": facts.outcome,
        **_qualifiers(facts),
    }


def _qualifiers(facts: EventFacts) -> Fields:
    """The content of SUPPAE for the event. Where it has none, an entered value stays."""
    said = {field.name: getattr(facts, field.name) for field in QUALIFIERS.values()}
    return {name: value for name, value in said.items() if value}


def _span(name: str, moment: PartialMoment | None) -> Fields:
    return {
        name: moment.text if moment else "",
        f"{name}_earliest_at": moment.earliest if moment else None,
        f"{name}_latest_at": moment.latest if moment else None,
    }


def reading_fields(study: Study, ids: Ids) -> Mapping[Key, Fields]:
    """Readings by participant and source key: those of VS, and one at every change of a vasopressor (CM)."""
    pumps = _pumps(study)
    readings = {_vitals_key(one, ids): _reading(one, pumps[one.participant]) for one in study.vitals}
    for record, moment, end in _changes(study.vasopressors):
        signs = {**_signs({}), "vasopressors_checked": True}
        readings[_change_key(record, ids, end=end)] = {**_moment(moment), "timepoint": "", **signs}
    return readings


def rate_fields(study: Study, ids: Ids) -> Mapping[tuple[Key, str], Fields]:
    """Rates by (reading, agent): the rates at a reading's time; at the end of an agent its rate is zero."""
    pumps = _pumps(study)
    rates: dict[tuple[Key, str], Fields] = {}
    for vitals in study.vitals:
        for record in _running_at(pumps[vitals.participant], vitals.measured):
            rates[_vitals_key(vitals, ids), record.agent] = _rate(record)
    for record, moment, end in _changes(study.vasopressors):
        key = _change_key(record, ids, end=end)
        if end:
            rates[key, record.agent] = {**_rate(record), "rate": Decimal(0)}
        for other in _running_at(pumps[record.participant], moment):
            rates[key, other.agent] = _rate(other)
    return rates


def _pumps(study: Study) -> Mapping[str, list[VasopressorRecord]]:
    """Each participant's vasopressors by start; where one agent is recorded twice, the later start counts."""
    pumps: dict[str, list[VasopressorRecord]] = defaultdict(list)
    for record in sorted(study.vasopressors, key=lambda one: (one.started.earliest, one.sequence)):
        pumps[record.participant].append(record)
    return pumps


def _change_key(record: VasopressorRecord, ids: Ids, *, end: bool) -> Key:
    return ids[record.participant], f"CM {record.sequence} {'end' if end else 'start'}"


def _vitals_key(vitals: VitalsRecord, ids: Ids) -> Key:
    key = f"VS {vitals.measured.text} #{vitals.repeat} {vitals.timepoint}"
    if len(key) > LONGEST_SOURCE_KEY:
        key = f"VS {vitals.measured.text} {hashlib.sha256(key.encode()).hexdigest()[:32]}"
    return ids[vitals.participant], key


def _reading(vitals: VitalsRecord, pumps: Iterable[VasopressorRecord]) -> Fields:
    return {
        **_moment(vitals.measured),
        "timepoint": vitals.timepoint[:LONGEST_TIMEPOINT],
        **_signs(vitals.values),
        "vasopressors_checked": True if _running_at(pumps, vitals.measured) else None,
    }


def _signs(values: Mapping[str, Any]) -> Fields:
    """Every sign of a reading; one that was not taken is null, never zero."""
    return {name: values.get(name) for name in SIGN_FIELDS}


def _moment(moment: PartialMoment) -> Fields:
    return {"taken_at": moment.earliest, "taken_precision": precision_of(moment)}


def _changes(records: Iterable[VasopressorRecord]) -> list[tuple[VasopressorRecord, PartialMoment, bool]]:
    """Every start (False) and end (True) of a vasopressor that has a time of day."""
    starts = [(record, record.started, False) for record in records]
    ends = [(record, record.ended, True) for record in records if record.ended and record.ended.has_time]
    return [*starts, *ends]


def _running_at(records: Iterable[VasopressorRecord], moment: PartialMoment) -> list[VasopressorRecord]:
    """The records that run at a time known to the minute: from the start on, up to but not including the end."""
    if precision_of(moment) != TimePrecision.MINUTE:
        return []
    at = moment.earliest
    return [r for r in records if r.started.earliest <= at and (r.ended is None or at < r.ended.earliest)]


def _rate(record: VasopressorRecord) -> Fields:
    return {"rate": record.rate, "unit": record.unit, "salt": record.salt}


DAILY_FIELDS = ("pao2_mmhg", "fio2_fraction", "pf_ratio_given", "peep_cmh2o", *SOFA_FIELDS)
"""The values of a day from SDTM; other entered values stay."""


def assessment_fields(study: Study, ids: Ids) -> Mapping[tuple[Any, date], Fields]:
    """Daily assessments by participant and day."""
    return {
        (ids[record.participant], record.day): {
            "participant_id": ids[record.participant],
            "assessed_date": record.day,
            **{name: _daily(name, record.values.get(name)) for name in DAILY_FIELDS},
        }
        for record in study.days
    }


def _daily(name: str, value: Decimal | None) -> Decimal | int | None:
    return int(value) if value is not None and name in SOFA_FIELDS else value


def specimen_fields(study: Study, ids: Ids) -> Mapping[str, Fields]:
    """Specimens by code."""
    return {
        record.specimen: {
            "participant_id": ids[record.participant],
            "planned_day": record.planned_day,
            "collected_at": record.collected.earliest,
            "collected_precision": precision_of(record.collected),
        }
        for record in study.antibodies
    }


def antibody_fields(study: Study, ids: Ids, specimen_ids: Ids) -> Mapping[tuple[int, str, str], Fields]:
    """Antibody results by (specimen id, specificity, run); sealed."""
    return {
        (specimen_ids[record.specimen], record.specificity, record.run): {
            "participant_id": ids[record.participant],
            "specimen_id": specimen_ids[record.specimen],
            "specificity": record.specificity,
            "hla_class": record.hla_class,
            "mfi": record.mfi,
            "mfi_limit": record.mfi_limit,
            "run_code": record.run,
            "kit": record.kit,
        }
        for record in study.antibodies
    }
