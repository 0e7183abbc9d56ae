"""Participants' data are frozen, locked and opened again; meanwhile the database refuses writes (trials/locks.sql)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action, SignatureMeaning
from accounts.models import User
from accounts.services import require, sign_record
from audit.services import attributed, first_version, next_version, translate_refusal
from trials.choices import LockKind
from trials.models import DataLock, Participant
from trials.queries import closed_records, standing_lock
from trials.services.lock_objections import objections_to_lock

REFUSED_BY_A_LOCK = "SL001"
"""The SQLSTATE with which trials/locks.sql refuses a write."""
PATIENCE = "3s"
"""How long a closing waits for writes that have begun, such as an import, before it is refused (own choice)."""
CLOSED_DATA = {
    LockKind.FROZEN: _(
        "Participant %(code)s: the data are frozen; nothing is recorded or changed until a data manager unfreezes them."
    ),
    LockKind.LOCKED: _(
        "Participant %(code)s: the data are locked; nothing is recorded or changed until a data manager unlocks them."
    ),
}


def closed_data(code: str, kind: str) -> ValidationError:
    """The one sentence with which every door refuses a write about a participant whose data are closed."""
    return ValidationError(CLOSED_DATA[LockKind(kind)], code="data_closed", params={"code": code})


translate_refusal(REFUSED_BY_A_LOCK, closed_data)


@transaction.atomic
def freeze_data(*, participant: Participant, by: User, at: datetime, reason: str) -> DataLock:
    """Close a participant's data for the time being. Raises ValidationError when they are closed already."""
    _require(participant, by)
    _wait_for_writers(participant.trial_id)
    standing = standing_lock(participant_id=participant.pk)
    if standing is not None:
        raise closed_data(participant.code, standing.kind)
    return _closed(participant, LockKind.FROZEN, by, at, reason)


@transaction.atomic
def lock_data(*, participant: Participant, by: User, at: datetime, reason: str) -> DataLock:
    """Close a participant's data for good, signed; frozen data become locked ones. The password was checked at the door.

    Raises ValidationError when they are locked already, or when something is still open, such as a query.
    """
    _require(participant, by)
    _wait_for_writers(participant.trial_id)
    objections = objections_to_lock(participant)
    if objections:
        raise ValidationError(list(objections))
    row = standing_lock(participant_id=participant.pk)
    if row is not None and row.kind == LockKind.LOCKED:
        raise closed_data(participant.code, row.kind)
    if row is None:
        row = _closed(participant, LockKind.LOCKED, by, at, reason)
    else:
        row.kind, row.why, row.closed_by, row.closed_at = LockKind.LOCKED, reason, by, at
        _kept(row, by, at, reason)
    _sign(row, by, at)
    return row


@transaction.atomic
def lift_lock(*, lock: DataLock, by: User, at: datetime, reason: str) -> DataLock:
    """Open a participant's data again, for a reason. The lock and its signature stay on record."""
    _require(lock.participant, by)
    row = DataLock.objects.select_for_update(of=("self",)).select_related("participant").get(pk=lock.pk)
    if row.lifted_at is not None:
        raise ValidationError(_("Lock: it was lifted before; nothing was changed."))
    row.lifted_by, row.lifted_at, row.lifted_because = by, at, reason
    _kept(row, by, at, reason)
    return row


def _require(participant: Participant, by: User) -> None:
    place = {"trial_code": participant.trial.code, "site_code": participant.site.code}
    require(by=by, action=Action.LOCK_DATA, **place)


def _wait_for_writers(trial_id: int) -> None:
    """Let those who are writing finish, and no other begin, until the transaction ends (trials/locks.sql)."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('trials data lock', %s))", [trial_id]
            )
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    except OperationalError as error:
        message = _("Lock: somebody is writing to the trial, such as an import; try again in a minute.")
        raise ValidationError(message) from error


def _closed(participant: Participant, kind: LockKind, by: User, at: datetime, reason: str) -> DataLock:
    row = DataLock(trial_id=participant.trial_id, participant=participant, kind=kind, why=reason)
    row.closed_by, row.closed_at = by, at
    first_version(row, at=at)
    row.full_clean()
    with attributed(by=by, reason=reason, at=at):
        row.save(force_insert=True)
    return row


def _kept(row: DataLock, by: User, at: datetime, reason: str) -> None:
    next_version(row, at=at)
    row.full_clean()
    with attributed(by=by, reason=reason, at=at):
        row.save()


def _sign(row: DataLock, by: User, at: datetime) -> None:
    """What is signed: the participant, and every record with its version."""
    records = closed_records(participant_id=row.participant_id)
    sign_record(
        record=row,
        version=row.version,
        content={"participant": row.participant.code, "records": records},
        meaning=SignatureMeaning.APPROVAL,
        trial_id=row.trial_id,
        zone=row.trial.timezone,
        by=by,
        at=at,
    )
