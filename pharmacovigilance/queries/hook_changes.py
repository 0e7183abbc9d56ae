"""The next changes for a web hook: ids alone, in commit order, of what its owner may see in the whole trial."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.choices import Action
from accounts.models import User
from accounts.queries import site_codes_for
from audit.queries.changes import ChangeEntry, changes_after
from events.models import AdverseEvent
from pharmacovigilance.models import Obligation, SafetyCase, TermCoding

AT_ONCE = 200
"""Changes of one delivery (own choice)."""
KINDS: Mapping[str, str] = {
    AdverseEvent._meta.db_table: "adverse-events",
    SafetyCase._meta.db_table: "safety-cases",
    Obligation._meta.db_table: "obligations",
    TermCoding._meta.db_table: "term-codings",
}


@dataclass(frozen=True)
class HookChanges:
    """What is sent, and the position of its last change."""

    results: list[dict[str, Any]]
    last: int


def may_be_told(owner: User, trial_code: str) -> bool:
    """Whether the owner sees cases and events of the whole trial: a hook is not cut to sites."""
    return owner.is_active and all(
        site_codes_for(owner, action, trial_code=trial_code) is None
        for action in (Action.VIEW_CASES, Action.VIEW_EVENTS)
    )


def hook_changes(*, trial_id: int, position: int | None) -> HookChanges | None:
    """The next changes behind a position (None: from the beginning); None when there is nothing new."""
    return as_sent(changes_after(position=position, tables=KINDS, trial_ids={trial_id}, limit=AT_ONCE))


def as_sent(entries: Sequence[ChangeEntry]) -> HookChanges | None:
    """Entries of the trail as a hook gets them: ids, and no content."""
    if not entries:
        return None
    results = [
        {
            "kind": KINDS[entry.table],
            "id": entry.row_id,
            "version": entry.new.get("version"),
            "change": "created" if entry.old is None else "corrected",
            "position": str(entry.id),
        }
        for entry in entries
    ]
    return HookChanges(results, entries[-1].id)
