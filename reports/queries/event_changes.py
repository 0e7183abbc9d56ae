"""The changes of adverse events since the board's last look: changed answers, voided events."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db.models import Q

from audit.models import Entry
from events.choices import EventStatus
from events.models import AdverseEvent
from events.rules.ctcae import Term
from reports.frames.writing import Row
from reports.queries.as_of import rows_as_of
from reports.queries.people import FrameRow, People
from reports.queries.records import OPEN_TABLES

ANSWERS = ("grade", "severity", "serious", "causality", "outcome", "onset")
VOIDED = "voided"


def event_change_rows(
    people: People, terms: Mapping[int, Term], *, previous_cutoff: datetime | None
) -> list[FrameRow]:
    """The frame `event_changes`; empty for the first report. Up to two queries."""
    if previous_cutoff is None or "adverse_events" not in people.records.tables:
        return []
    model, columns = OPEN_TABLES["adverse_events"]
    since = Q(changed_at__gt=previous_cutoff)
    rows = people.records.tables["adverse_events"].rows
    now = {row["id"]: row for row in rows if row["changed_at"] > previous_cutoff}
    trial_id = people.records.trial_id
    known = rows_as_of(model, trial_id=trial_id, cutoff=previous_cutoff, columns=columns, among=since).rows
    before = (row for row in known if _was_shown(people, row) and row["id"] in now)
    return [change for row in before for change in _changes(people, row, now[row["id"]], terms)]


def completed_drafts(people: People) -> Mapping[int, datetime]:
    """When each recorded event that was a draft first became an event, by its row's id. One query."""
    changed = [row["id"] for row in people.recorded_events if row["changed_at"] > row["recorded_at"]]
    if not changed:
        return {}
    entries = Entry.objects.filter(
        table_name=AdverseEvent._meta.db_table, row_id__in=changed,
        old__status=EventStatus.DRAFT, new__status=EventStatus.RECORDED,
    )  # fmt: skip
    return dict(entries.values_list("row_id", "at"))


def _was_shown(people: People, row: Row) -> bool:
    recorded = row["status"] == EventStatus.RECORDED and row["voided_at"] is None
    return recorded and row["participant_id"] in people.counted


def _changes(people: People, before: Row, now: Row, terms: Mapping[int, Term]) -> Iterator[FrameRow]:
    key = {"participant": people.code(before["participant_id"]), "event": before["number"]}
    if now["voided_at"] is not None:
        yield {**key, "what": VOIDED, "before": _name(before, terms), "now": None}
        return
    if _name(before, terms) != _name(now, terms):
        yield {**key, "what": "term", "before": _name(before, terms), "now": _name(now, terms)}
    for answer in ANSWERS:
        if before[answer] != now[answer]:
            yield {**key, "what": answer, "before": _text(before[answer]), "now": _text(now[answer])}


def _name(row: Row, terms: Mapping[int, Term]) -> str | None:
    """The coded term: never the reported words, which are not in the open report."""
    term = terms.get(row["ctcae_term_id"])
    return term.term if term else row["dictionary_term"] or None


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
