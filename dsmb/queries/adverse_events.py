"""Adverse events, and what contradicts what among them, as the report's frames want them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from dsmb.queries.as_of import Row
from dsmb.queries.people import FrameRow, People, moment_text
from events.choices import EventStatus
from events.models import CtcaeTerm
from events.rules.adverse_events import Criteria, EventContext, EventFacts, hours_since_infusion
from events.rules.ctcae import Term
from events.rules.reconciliation import EventRecord, ParticipantRecord, reconcile
from trials.rules.dates import PartialMoment, exact_moment, parse_partial
from trials.rules.protocol import Protocol

CRITERIA = (
    "results_in_death",
    "life_threatening",
    "hospitalisation",
    "disability",
    "congenital_anomaly",
    "medically_important",
)
DRAFT_RULE = "draft"


def terms_of(protocol: Protocol) -> Mapping[int, Term]:
    """The terms of the protocol's dictionary by their row's id; none when the study brings its own terms."""
    version = protocol.dictionary.version
    if version is None:
        return {}
    rows = CtcaeTerm.objects.filter(ctcae_version=version).values_list("id", "code", "soc", "term", "grades")
    return {pk: Term(code, soc, term, tuple(grades)) for pk, code, soc, term, grades in rows}


def event_rows(people: People, terms: Mapping[int, Term]) -> list[FrameRow]:
    """The frame `adverse_events`: recorded ones; drafts are no events yet."""
    return [_event(people, row, terms.get(row["ctcae_term_id"])) for row in _recorded(people)]


def _recorded(people: People) -> Iterator[Row]:
    for row in people.records["adverse_events"]:
        if row["status"] == EventStatus.RECORDED and row["participant_id"] in people.counted:
            yield row


def _event(people: People, row: Row, term: Term | None) -> FrameRow:
    pk = row["participant_id"]
    infusion = people.infusion_by_id.get(row["after_infusion_id"])
    return {
        "participant": people.code(pk),
        "event": row["number"],
        "soc": term.soc if term else row["dictionary_soc"] or None,
        "term": term.term if term else row["dictionary_term"] or None,
        "verbatim": row["reported_term"] or None,
        "grade": row["grade"],
        "severity": row["severity"] or None,
        "serious": row["serious"],
        **{name: row[name] for name in CRITERIA},
        **{name: row[name] or None for name in ("causality", "expectedness", "action_taken", "outcome")},
        "onset_text": row["onset"] or None,
        "onset_earliest_at": moment_text(row["onset_earliest_at"]),
        "onset_latest_at": moment_text(row["onset_latest_at"]),
        "onset_earliest_day": people.study_day(pk, row["onset_earliest_at"]),
        "onset_latest_day": people.study_day(pk, row["onset_latest_at"]),
        "end_text": row["ended"] or None,
        "end_latest_day": people.study_day(pk, row["ended_latest_at"]),
        "signed": row["signed_at"] is not None,
        "treatment_emergent": row["treatment_emergent"],
        "infusion_number": infusion["number"] if infusion else None,
        "hours_after_infusion": _hours(people, row, infusion),
        "recorded_at": moment_text(row["recorded_at"]),
    }


def _hours(people: People, row: Row, infusion: Row | None) -> float | None:
    """Hours from the infusion's start to the onset, when the dates allow one value only."""
    if infusion is None or infusion["start_precision"] != "minute":
        return None
    onset = _partial(people, row, "onset")
    if onset is None:
        return None
    hours = hours_since_infusion(onset, exact_moment(infusion["started_at"]))
    return round(hours.fewest, 2) if hours and hours.is_exact else None


def mismatch_rows(people: People, terms: Mapping[int, Term], protocol: Protocol) -> list[FrameRow]:
    """The frame `mismatches` but for what is sealed: rules R1 to R12 on every record, drafts that wait."""
    participants = _participant_records(people, terms, protocol)
    found = reconcile(participants, plan=protocol.reporting)
    contradictions = [
        _mismatch(
            each.rule, each.participant, f"adverse event {each.event}" if each.event else None, each.sentence
        )
        for each in found
    ]
    return [*contradictions, *_drafts(people)]


def _mismatch(
    rule: str, participant: str | None, record: str | None, message: str, is_sealed: bool = False
) -> FrameRow:
    return {
        "rule": rule,
        "participant": participant,
        "record": record,
        "message": message,
        "is_sealed": is_sealed,
    }


def _drafts(people: People) -> Iterator[FrameRow]:
    for row in people.records["adverse_events"]:
        if row["status"] == EventStatus.DRAFT and row["participant_id"] in people.counted:
            message = "Status: still a draft at the cut-off; it is not counted."
            yield _mismatch(
                DRAFT_RULE, people.code(row["participant_id"]), f"adverse event {row['number']}", message
            )


def other_arm_rows(people: People) -> Iterator[FrameRow]:
    """The rest of the frame `mismatches` (sealed): arms received that differ from those allocated."""
    for row in people.records["allocations"]:
        received = row["received_arm_code"]
        if received and received != row["arm_code"] and row["participant_id"] in people.counted:
            message = "Arm: the arm received is not the arm allocated; tables use the arm allocated."
            yield _mismatch("allocation", people.code(row["participant_id"]), "allocation", message, True)


def _participant_records(
    people: People, terms: Mapping[int, Term], protocol: Protocol
) -> Iterator[ParticipantRecord]:
    """One after the other: of a large trial all at once would take more memory than its rows."""
    rows: dict[int, list[Row]] = {}
    for row in _recorded(people):
        rows.setdefault(row["participant_id"], []).append(row)
    for pk in sorted(people.counted, key=people.code):
        facts = (
            (str(row["number"]), _facts(people, row, terms.get(row["ctcae_term_id"])))
            for row in rows.get(pk, ())
        )
        events = tuple(EventRecord(number, fact) for number, fact in facts)
        yield ParticipantRecord(people.code(pk), _context(people, pk, protocol), events)


def _facts(people: People, row: Row, term: Term | None) -> EventFacts:
    return EventFacts(
        term=term,
        criteria=Criteria(**{name: row[name] for name in CRITERIA}),
        onset=_partial(people, row, "onset"),
        ended=_partial(people, row, "ended"),
        **{
            name: row[name]
            for name in (
                "reported_term",
                "specify",
                "grade",
                "severity",
                "serious",
                "causality",
                "outcome",
                "aware_at",
            )
        },
    )


def _context(people: People, pk: int, protocol: Protocol) -> EventContext:
    person = people.by_id[pk]
    first = min((row["started_at"] for row in people.given.get(pk, ())), default=None)
    return EventContext(
        at=people.records.cutoff,
        dictionary_version=protocol.dictionary.version,
        causality=protocol.causality,
        consent=_exact(person["consented_at"]),
        first_infusion=_exact(first),
        is_dead=bool(person["has_died"]),
        death=_partial(people, person, "died"),
    )


def _exact(moment: datetime | None) -> PartialMoment | None:
    return None if moment is None else exact_moment(moment)


def _partial(people: People, row: Mapping[str, Any], name: str) -> PartialMoment | None:
    """A partial date with the span that was derived when it was recorded."""
    if not row[name]:
        return None
    parsed = _parsed(row[name], people.records.zone, name)
    return replace(parsed, earliest=row[f"{name}_earliest_at"], latest=row[f"{name}_latest_at"])


@lru_cache(maxsize=10_000)
def _parsed(text: str, zone: str, name: str) -> PartialMoment:
    """Kept: a trial has fewer days than events."""
    return parse_partial(text, zone, field=name)
