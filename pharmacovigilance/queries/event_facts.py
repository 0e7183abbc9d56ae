"""The facts of an adverse event, of any of its versions, in the form of receipts and signed versions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from audit.models import Entry
from events.models import AdverseEvent, CtcaeTerm
from partial_dates import local_date
from pharmacovigilance.rules.expectedness import ReactionFacts, compared_term

COPIED = (
    "onset",
    "ended",
    "grade",
    "serious",
    "results_in_death",
    "life_threatening",
    "hospitalisation",
    "disability",
    "congenital_anomaly",
    "medically_important",
    "causality",
    "action_taken",
    "outcome",
    "autopsy",
    "narrative",
    "status",
)
MOMENTS = ("onset_earliest_at", "onset_latest_at", "aware_at", "sponsor_informed_at")
FATAL = "FATAL"
FATAL_GRADE = 5

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class EventVersion:
    """One version of an event in the trail."""

    number: int
    at: datetime
    facts: Facts


def facts_now(event: AdverseEvent) -> Facts:
    """The present facts of the event. One query less when its term is loaded."""
    row = {field.attname: getattr(event, field.attname) for field in event._meta.concrete_fields}
    return facts_from(row, event.ctcae_term)


def versions_after(event_id: int, *, version: int) -> Iterator[EventVersion]:
    """The versions of an event after this one, oldest first, from the trail (two queries)."""
    rows = Entry.objects.of_row(table=AdverseEvent._meta.db_table, row_id=event_id).order_by("id")
    entries = [(entry.at, entry.new) for entry in rows if entry.new and entry.new["version"] > version]
    wanted = {new["ctcae_term_id"] for _at, new in entries if new.get("ctcae_term_id")}
    terms = CtcaeTerm.objects.in_bulk(wanted)
    for at, new in entries:
        facts = facts_from(new, terms.get(new.get("ctcae_term_id")))
        yield EventVersion(new["version"], _moment(new["changed_at"]) or at, facts)


def facts_from(row: Mapping[str, Any], term: CtcaeTerm | None) -> Facts:
    """The facts of a row, given as columns: of the table, or of the trail, where times are text."""
    facts: dict[str, Any] = {name: row.get(name) for name in COPIED}
    for name in MOMENTS:
        at = _moment(row.get(name))
        facts[name] = at.isoformat() if at else None
    facts["voided"] = row.get("voided_at") is not None
    facts["reported_term"] = row.get("reported_term")
    return facts | _term(row, term)


def _term(row: Mapping[str, Any], term: CtcaeTerm | None) -> dict[str, str]:
    dictionary, code, words = compared_term(
        term.ctcae_version if term else None,
        code=term.code if term else "",
        term=term.term if term else "",
        specify=row["specify"] or "",
        own_words=row["dictionary_term"] or row["reported_term"],
    )
    return {"dictionary": dictionary, "code": code, "term": words}


def says_fatal(facts: Facts) -> bool:
    """Whether any field says that the participant died of it."""
    return (
        facts.get("outcome") == FATAL
        or facts.get("results_in_death") is True
        or facts.get("grade") == FATAL_GRADE
    )


def is_standing(facts: Facts) -> bool:
    """Recorded and not void."""
    return facts.get("status") == "recorded" and not facts.get("voided")


def reaction_of(facts: Facts, zone: str) -> ReactionFacts:
    """The input of the comparison with the reference safety information."""
    first, last = (kept_day(facts.get(name), zone) for name in ("onset_earliest_at", "onset_latest_at"))
    return ReactionFacts(
        facts["dictionary"], facts["code"], facts["term"], facts["grade"], says_fatal(facts), first, last
    )


def kept_day(moment: str | None, zone: str) -> date | None:
    """The calendar day of a stored time in the trial's zone."""
    at = _moment(moment)
    return None if at is None else local_date(at, zone)


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return at.astimezone(UTC)
