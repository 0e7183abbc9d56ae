"""Opening sealed rows for a block of the running transaction, logged."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from accounts.choices import ClearanceGround
from accounts.models import Clearance, User, open_clearance
from accounts.services.opening_log import log_opening


@contextmanager
def cleared(
    *,
    ground: ClearanceGround,
    by: User,
    trial_id: int,
    purpose: str,
    at: datetime,
    participant_id: int | None = None,
    request_id: str = "",
) -> Iterator[Clearance]:
    """Open the sealed rows of one trial (or of one participant) until the block ends; the opening is logged.

    The caller has called `require` (or is the reporting task). The clearance is valid in the running transaction only:
    the database compares the transaction's id, so a pooled connection cannot reuse it. A second entry is written on a
    separate connection (`log_opening`) before anything can be read; when that fails, nothing opens.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        clearance = _write_clearance(
            ground,
            by=by,
            trial_id=trial_id,
            participant_id=participant_id,
            purpose=purpose,
            request_id=request_id,
            at=at,
        )
        log_opening(clearance)
        outer = open_clearance.set(clearance)
        try:
            yield clearance
        finally:
            open_clearance.reset(outer)
        # After an error the rollback to the savepoint removes the clearance, as the end of the transaction does.
        if not is_outermost:
            _hand_back(open_clearance.get())


def _write_clearance(
    ground: str,
    *,
    by: User,
    trial_id: int,
    participant_id: int | None,
    purpose: str,
    request_id: str,
    at: datetime,
) -> Clearance:
    columns = [field.attname for field in Clearance._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(columns)} FROM accounts_open_clearance(%s, %s, %s, %s, %s, %s, %s)",  # noqa: S608
            [ground, by.pk, trial_id, participant_id, purpose, request_id, at],
        )
        return Clearance.from_db(connection.alias, columns, cursor.fetchone())


def _hand_back(clearance: Clearance | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('safety.clearance', %s, true)", [str(clearance.pk) if clearance else ""]
        )
