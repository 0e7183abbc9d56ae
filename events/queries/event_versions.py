"""The versions of an adverse event (rule R10): who changed what, when and why, the first one included."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.models import Entry
from events.models import AdverseEvent, CtcaeTerm
from events.rules.adverse_events.entered import ENTERED
from trials.models import Infusion

RELATIONS = {"ctcae_term": "ctcae_term_id", "after_infusion": "after_infusion_id", "reopens": "reopens_id"}
SHOWN = (*ENTERED, "lowered_because", "status", "signed_by", "signed_at", "voided_at", "void_reason")
EMPTY = ("", None)


@dataclass(frozen=True)
class FieldChange:
    """One field: its value before (None in the first version) and after; terms by code, infusions by number."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Version:
    """One version of the record."""

    version: int
    at: datetime
    by: str
    reason: str
    changes: tuple[FieldChange, ...]


def versions_of(*, event: AdverseEvent) -> tuple[Version, ...]:
    """Every version of the event, the first one first (four queries)."""
    entries = list(Entry.objects.of_row(table=AdverseEvent._meta.db_table, row_id=event.pk).order_by("id"))
    names = _names_of(entries)
    return tuple(_version(entry, names) for entry in entries)


def _version(entry: Entry, names: Mapping[str, Mapping[int, Any]]) -> Version:
    old, new = entry.old or {}, entry.new or {}
    changes = tuple(_changes(old, new, names))
    return Version(new["version"], entry.at, entry.actor_label, entry.reason, changes)


def _changes(
    old: Mapping[str, Any], new: Mapping[str, Any], names: Mapping[str, Mapping[int, Any]]
) -> Iterator[FieldChange]:
    for field in SHOWN:
        column = RELATIONS.get(field, field)
        before, after = old.get(column), new.get(column)
        if before == after or (not old and after in EMPTY):
            continue
        yield FieldChange(field, _named(names, field, before), _named(names, field, after))


def _named(names: Mapping[str, Mapping[int, Any]], field: str, value: Any) -> Any:
    return names[field].get(value) if field in names else value


def _names_of(entries: list[Entry]) -> dict[str, dict[int, Any]]:
    """The codes of the terms, the numbers of the infusions and of the earlier events in the entries."""
    terms = CtcaeTerm.objects.filter(pk__in=_ids(entries, "ctcae_term_id")).values_list("pk", "code")
    infusions = Infusion.objects.filter(pk__in=_ids(entries, "after_infusion_id")).values_list("pk", "number")
    events = AdverseEvent.objects.filter(pk__in=_ids(entries, "reopens_id")).values_list("pk", "number")
    return {"ctcae_term": dict(terms), "after_infusion": dict(infusions), "reopens": dict(events)}


def _ids(entries: list[Entry], column: str) -> set[int]:
    rows = [row for entry in entries for row in (entry.old, entry.new) if row]
    return {row[column] for row in rows if row.get(column) is not None}
