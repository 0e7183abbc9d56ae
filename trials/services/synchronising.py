"""Making rows equal to an outside source: new rows are created, changed ones corrected, none is deleted."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from audit.models import AuditedModel
from audit.services import first_version, next_version

BATCH_SIZE = 2000  # rows per statement: one statement is one pass of the audit trigger

Key = TypeVar("Key", bound=Hashable)
Row = TypeVar("Row", bound=AuditedModel)
Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Synchronised:
    """The result: keys of new, changed and absent rows (absent = the source no longer has them).

    Others are counted.
    """

    created: tuple[Any, ...] = ()
    changed: tuple[Any, ...] = ()
    absent: tuple[Any, ...] = ()
    unchanged: int = 0

    @property
    def wrote(self) -> bool:
        """Whether any row was written."""
        return bool(self.created or self.changed)


def synchronise(
    make: Callable[..., Row],
    *,
    standing: Mapping[Key, Row],
    wanted: Mapping[Key, Fields],
    only_new: Callable[[Key], Fields] | None = None,
    at: datetime,
) -> Synchronised:
    """Make rows equal to `wanted`, field by field, in bulk.

    Rows of `standing` that are not wanted are left unchanged.

    `standing` are the existing rows, by the key of the source; `only_new` gives fields that never change once the row
    is made. Runs inside `audit.services.attributed`. Does not validate: the caller's rules did so before.
    """
    new = {key: fields for key, fields in wanted.items() if key not in standing}
    changed = {
        key: fields for key, fields in wanted.items() if key in standing and differs(standing[key], fields)
    }
    _create(make, [{**fields, **(only_new(key) if only_new else {})} for key, fields in new.items()], at)
    _correct([(standing[key], fields) for key, fields in changed.items()], at)
    return Synchronised(
        created=tuple(new),
        changed=tuple(changed),
        absent=tuple(key for key in standing if key not in wanted),
        unchanged=len(wanted) - len(new) - len(changed),
    )


def differs(row: AuditedModel, fields: Fields) -> bool:
    """Whether a row differs from the source."""
    return any(getattr(row, name) != value for name, value in fields.items())


def _create(make: Callable[..., Row], wanted: Sequence[Fields], at: datetime) -> None:
    rows = [make(**fields) for fields in wanted]
    for row in rows:
        first_version(row, at=at)
    if rows:
        type(rows[0])._default_manager.bulk_create(rows, batch_size=BATCH_SIZE)


def _correct(pairs: Sequence[tuple[Row, Fields]], at: datetime) -> None:
    for row, fields in pairs:
        for name, value in fields.items():
            setattr(row, name, value)
        next_version(row, at=at)
    if not pairs:
        return
    rows = [row for row, _ in pairs]
    names = {name for _, fields in pairs for name in fields} | {"changed_at", "version"}
    type(rows[0])._default_manager.bulk_update(rows, sorted(names), batch_size=BATCH_SIZE)
