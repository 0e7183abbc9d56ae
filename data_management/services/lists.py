"""Saved views of lists, and the log of lists that were exported."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from accounts.queries import grants_of
from accounts.rules import is_blinded
from audit.choices import standing_reason
from audit.services import attributed, first_version, next_version
from data_management.models import ListExport, SavedView
from trials.models import Trial

SAVED = standing_reason("a view of a list is saved")
REMOVED = standing_reason("a view of a list is removed")
EXPORTED = standing_reason("a list is exported")
VALUE_NOT_KEPT = "…"


@transaction.atomic
def save_view(*, list_table: str, name: str, query_string: str, by: User, at: datetime) -> SavedView:
    """Keep the filters of a list under a name, for its owner alone. A view of the same name gets the new filters."""
    rows = SavedView.objects.select_for_update().filter(owner=by, list_table=list_table, removed_at=None)
    row = rows.filter(name=name.strip()).first()
    is_new = row is None
    row = row or SavedView(owner=by, list_table=list_table, name=name.strip())
    row.query_string = query_string
    if is_new:
        first_version(row, at=at)
    else:
        next_version(row, at=at)
    row.full_clean()
    with attributed(by=by, reason=SAVED, at=at):
        row.save()
    return row


@transaction.atomic
def remove_view(*, view: SavedView, by: User, at: datetime) -> SavedView:
    """Take a view off its list. Raises PermissionDenied for another person's."""
    row = SavedView.objects.select_for_update().get(pk=view.pk)
    if row.owner_id != by.pk:
        raise PermissionDenied
    row.removed_at = row.removed_at or at
    next_version(row, at=at)
    with attributed(by=by, reason=REMOVED, at=at):
        row.save()
    return row


def log_export(
    *,
    list_table: str,
    file_format: str,
    filters: Mapping[str, str],
    columns: Sequence[str],
    rows: int,
    trial: Trial | None,
    by: User,
    at: datetime,
) -> ListExport:
    """Write down that an open list left the system. Of somebody with an unblinded role no value of a filter is kept."""
    entry = ListExport(
        trial=trial,
        list_table=list_table,
        format=file_format,
        filters=dict(filters) if _all_blinded(by) else dict.fromkeys(filters, VALUE_NOT_KEPT),
        columns=list(columns),
        rows=rows,
        exported_by=by,
        exported_at=at,
    )
    entry.full_clean()
    with attributed(by=by, reason=EXPORTED, at=at):
        entry.save(force_insert=True)
    return entry


def _all_blinded(user: User) -> bool:
    return all(is_blinded(grant.role) for grant in grants_of(user))
