"""The rows of the frame of contradictions among participants and adverse events."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from events.choices import EventStatus
from events.rules.adverse_events import EventContext, is_fatal
from events.rules.duplicates import remarks_on_duplicates, traits_of
from events.rules.reconciliation import remarks_on_death, remarks_on_event
from partial_dates import PartialMoment, exact_moment
from reports.frames.writing import Row
from reports.queries.adverse_events import (
    DictionaryTerms,
    facts_of_row,
    infusion_start_of,
    partial_with_span,
)
from reports.queries.people import FrameRow, People
from trials.rules.protocol import Protocol

DRAFT_RULE = "draft"


def mismatch_rows(people: People, terms: DictionaryTerms, protocol: Protocol) -> Iterator[FrameRow]:
    """The frame `mismatches` except sealed rows: rules R1 to R12 on every record, and open drafts.

    Participants in the order of their codes; for each one the death first and then the events as they were recorded.
    """
    events: dict[int, list[Row]] = {}
    for row in people.recorded_events:
        events.setdefault(row["participant_id"], []).append(row)
    for pk in sorted(people.counted, key=people.code):
        yield from _of_participant(people, pk, events.get(pk, ()), terms, protocol)
    yield from _drafts(people)
    yield from _remarks_on_sources(people)


def _of_participant(
    people: People, pk: int, events: Sequence[Row], terms: DictionaryTerms, protocol: Protocol
) -> Iterator[FrameRow]:
    code, context = people.code(pk), _context(people, pk, protocol)
    judged = [(row["number"], facts_of_row(people, row, terms)) for row in events]
    fatal = [str(number) for number, facts in judged if is_fatal(facts)]
    for remark in remarks_on_death(context, fatal):
        yield _mismatch(remark.rule, code, None, str(remark))
    for number, remark in remarks_on_duplicates([traits_of(number, facts) for number, facts in judged]):
        yield _mismatch(remark.rule, code, _record(number), str(remark))
    for number, facts in judged:
        for remark in remarks_on_event(facts, context, protocol.reporting):
            yield _mismatch(remark.rule, code, _record(number), str(remark))


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


def _record(number: int) -> str:
    return f"adverse event {number}"


def _drafts(people: People) -> Iterator[FrameRow]:
    message = "Status: still a draft at the cut-off; it is not counted."
    for row in people.events:
        if row["status"] == EventStatus.DRAFT:
            yield _mismatch(DRAFT_RULE, people.code(row["participant_id"]), _record(row["number"]), message)


def _remarks_on_sources(people: People) -> Iterator[FrameRow]:
    """Unusable or odd input of an import; nothing of participants enrolled after the look."""
    counted = {people.code(pk) for pk in people.counted}
    for row in people.records["source_remarks"]:
        code = row["participant_code"] or None
        if code is None or code in counted:
            yield _mismatch(row["code"], code, row["record"], row["message"])


def other_arm_rows(people: People) -> Iterator[FrameRow]:
    """The rest of the frame `mismatches` (sealed): arms received that differ from those allocated."""
    for row in people.records["allocations"]:
        received = row["received_arm_code"]
        if received and received != row["arm_code"] and row["participant_id"] in people.counted:
            message = "Arm: the arm received is not the arm allocated; tables use the arm allocated."
            yield _mismatch("allocation", people.code(row["participant_id"]), "allocation", message, True)
        if row["labelled_arm_code"] and row["participant_id"] in people.counted:
            message = "Arm: the arm's label names another arm than its code; tables use the code."
            yield _mismatch("allocation", people.code(row["participant_id"]), "allocation", message, True)


def _context(people: People, pk: int, protocol: Protocol) -> EventContext:
    person = people.by_id[pk]
    begun = (infusion_start_of(people, row) for row in people.given.get(pk, ()))
    first = min((start for start in begun if start), key=lambda start: start.earliest, default=None)
    return EventContext(
        at=people.records.cutoff,
        dictionary_version=protocol.dictionary.version,
        grades_version=protocol.dictionary.grades,
        causality=protocol.causality,
        consent=_exact(person["consented_at"]),
        enrolled=_exact(person["enrolled_at"]),
        first_infusion=first,
        is_dead=bool(person["has_died"]),
        death=partial_with_span(people, person, "died"),
    )


def _exact(moment: datetime | None) -> PartialMoment | None:
    return None if moment is None else exact_moment(moment)
