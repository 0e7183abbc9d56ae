"""A query is raised, answered, asked again, closed or cancelled. Each is one message, which stays."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.models import AuditedModel
from audit.services import attributed, first_version, next_version
from data_management.choices import QueryAct, QueryOrigin
from data_management.models import DataQuery, QueryMessage
from data_management.queries.data_queries import open_queries_of
from data_management.queries.subjects import (
    field_asked_about,
    fields_asked_about,
    participant_of_record,
    plain_value,
    site_of_record,
    subject_of,
)
from data_management.rules.query_states import STANDING, act_refusals, state_after
from trials.choices import LockKind
from trials.models import Participant
from trials.queries import standing_lock
from trials.services import lock_objection
from webkit.refusals import raise_refusals


@transaction.atomic
def raise_query(*, record: AuditedModel, field_name: str, text: str, by: User, at: datetime) -> DataQuery:
    """Ask about one field of a record, or (empty) about the record as a whole.

    The value and the version are kept as they stand. Raises PermissionDenied, and ValidationError for an unknown field, an
    empty question, or a participant whose data are locked.
    """
    row = query_about(record, field_name)
    _require(row, Action.RAISE_QUERY, by)
    _refuse_locked(row)
    row.text, row.origin = text.strip(), QueryOrigin.PERSON
    return save_new(row, by=by, at=at)


@transaction.atomic
def answer_query(*, query: DataQuery, text: str, by: User, at: datetime) -> DataQuery:
    """The site answers: it corrected the record, or says why it is right as it is."""
    row = _locked(query, Action.ANSWER_QUERY, by)
    return act_on(row, QueryAct.ANSWER, text=_needed(text), by=by, at=at)


@transaction.atomic
def ask_again(*, query: DataQuery, text: str, by: User, at: datetime) -> DataQuery:
    """The answer does not answer it: the site is asked once more. A closed query opens again."""
    row = _locked(query, Action.RAISE_QUERY, by)
    _refuse_locked(row)
    return act_on(row, QueryAct.ASK_AGAIN, text=_needed(text), by=by, at=at)


@transaction.atomic
def close_query(*, query: DataQuery, by: User, at: datetime, text: str = "") -> DataQuery:
    """Whoever asks is content with the answer, or with the record as it is now."""
    row = _locked(query, Action.RAISE_QUERY, by)
    return act_on(row, QueryAct.CLOSE, text=text.strip(), by=by, at=at)


@transaction.atomic
def cancel_query(*, query: DataQuery, text: str, by: User, at: datetime) -> DataQuery:
    """The query should not have been raised; it stays readable, with the reason."""
    row = _locked(query, Action.RAISE_QUERY, by)
    return act_on(row, QueryAct.CANCEL, text=_needed(text), by=by, at=at)


def query_about(record: Any, field_name: str) -> DataQuery:
    """A new query about a record as it stands, not saved. Raises ValidationError for a field that the record has not."""
    row = subject_of(subject=record._meta.label_lower, subject_id=record.pk)
    if field_name and field_asked_about(type(row), field_name) is None:
        known = ", ".join(field.name for field in fields_asked_about(type(row)))
        message = _("Field: “%(field)s” is not a field of this form; known are: %(known)s.")
        params = {"field": field_name, "known": known}
        raise ValidationError({"field_name": ValidationError(message, code="invalid_choice", params=params)})
    return DataQuery(
        trial_id=row.trial_id,
        site=site_of_record(row),
        participant=participant_of_record(row),
        subject=row._meta.label_lower,
        subject_id=row.pk,
        subject_version=row.version,
        field_name=field_name,
        value_at_raising=plain_value(row, field_name),
    )


def save_new(row: DataQuery, *, by: User, at: datetime) -> DataQuery:
    """Save a new query with its first message."""
    row.raised_by, row.raised_at, row.state_since = by, at, at
    first_version(row, at=at)
    row.full_clean()
    with attributed(by=by, reason=row.text, at=at):
        row.save(force_insert=True)
        _say(row, QueryAct.RAISE, row.text, row.subject_version, by, at)
    return row


def act_on(row: DataQuery, act: QueryAct, *, text: str, by: User, at: datetime) -> DataQuery:
    """Bring a locked row into its next state. Raises ValidationError when the act does not belong to the state."""
    raise_refusals(act_refusals(row.state, act), DataQuery)
    row.state = state_after(row.state, act) or row.state
    row.state_since = at
    row.closed_at = None if row.state in STANDING else at
    next_version(row, at=at)
    row.full_clean()
    record = subject_of(subject=row.subject, subject_id=row.subject_id)
    with attributed(by=by, reason=text or str(QueryAct(act).value), at=at):
        row.save()
        _say(row, act, text, record.version, by, at)
    return row


def _say(row: DataQuery, act: QueryAct, text: str, version: int, by: User, at: datetime) -> None:
    said = QueryMessage(
        trial_id=row.trial_id, query=row, act=act, text=text, said_by=by, said_at=at, subject_version=version
    )
    said.full_clean()
    said.save(force_insert=True)


def _locked(query: DataQuery, action: Action, by: User) -> DataQuery:
    """The query as it is now, locked; PermissionDenied when the person may not do this at its site."""
    rows = DataQuery.objects.select_related("trial", "site", "participant").select_for_update(of=("self",))
    row = rows.get(pk=query.pk)
    _require(row, action, by)
    return row


def _require(row: DataQuery, action: Action, by: User) -> None:
    require(by=by, action=action, trial_code=row.trial.code, site_code=row.site.code)


def _refuse_locked(row: DataQuery) -> None:
    lock = standing_lock(participant_id=row.participant_id) if row.participant_id else None
    if lock is not None and lock.kind == LockKind.LOCKED:
        message = _("Participant %(code)s: the data are locked; unlock them before you ask about them.")
        params = {"code": row.participant.code if row.participant else ""}
        raise ValidationError(message, code="data_closed", params=params)


def _needed(text: str) -> str:
    if not text.strip():
        raise ValidationError({"text": _("Text: left empty, and it is needed.")})
    return text.strip()


@lock_objection
def standing_queries(participant: Participant) -> Iterator[str]:
    """Data are locked when no query about them stands."""
    if count := open_queries_of(participant):
        sentence = ngettext(
            "Participant %(code)s: %(count)d query is not closed; close it before you lock the data.",
            "Participant %(code)s: %(count)d queries are not closed; close them before you lock the data.",
            count,
        )
        yield sentence % {"code": participant.code, "count": count}
