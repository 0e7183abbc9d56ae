"""Actor, reason and request of a write: without them the database refuses a clinical write."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, VoidableModel

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")
"""Set by the web middleware and by tasks; ends up in every entry written meanwhile."""

SETTINGS = ("safety.actor_id", "safety.actor_label", "safety.reason", "safety.at", "safety.request_id")
_EARLIER = ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in SETTINGS)
_TOLD = ", ".join(f"set_config('{name}', %s, true)" for name in SETTINGS)
# OFFSET 0: the values set before are read first.
_SAY = f"SELECT earlier.said, {_TOLD} FROM (SELECT ARRAY[{_EARLIER}] AS said OFFSET 0) AS earlier"  # noqa: S608


Translation = Callable[[str, str], ValidationError]
_translations: dict[str, Translation] = {}


def translate_refusal(sqlstate: str, translation: Translation) -> None:
    """Say in which words a refusal by a trigger of ours reaches every door: from its message and detail to a sentence."""
    _translations[sqlstate] = translation


class Actor(Protocol):
    """The fields of an account that the trail needs (this app may not import accounts)."""

    pk: Any

    def get_username(self) -> str: ...


@contextmanager
def attributed(*, by: Actor, reason: str, at: datetime) -> Iterator[None]:
    """Run a block of writes in one transaction in the name of `by`, for `reason`, at `at` (aware).

    Blocks nest: the inner values apply to the inner writes. Raises `ValidationError` when the reason is blank, and when a
    trigger refuses a write in words that were registered (`translate_refusal`).
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Reason: say why this is written; it is kept with the record.")})
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        said = (str(by.pk), by.get_username(), reason, at.isoformat(), current_request_id.get())
        outer = _say(said)
        with _in_words():
            yield
        if not is_outermost:  # otherwise they end with the transaction
            _say(outer)


@contextmanager
def _in_words() -> Iterator[None]:
    """Turns what a trigger refuses into the sentence that was registered for it; any other error stays as it is."""
    try:
        yield
    except DatabaseError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        translation = _translations.get(getattr(error.__cause__, "sqlstate", None) or "")
        if translation is None or diagnosis is None:
            raise
        raise translation(diagnosis.message_primary or "", diagnosis.message_detail or "") from error


def _say(values: Sequence[str]) -> tuple[str, ...]:
    """Set the values that the triggers read, for this transaction; returns the values before."""
    with connection.cursor() as cursor:
        cursor.execute(_SAY, list(values))
        return tuple(cursor.fetchone()[0])


def first_version(row: AuditedModel, *, at: datetime) -> None:
    """Stamp a new row."""
    row.recorded_at = row.changed_at = at


def next_version(row: AuditedModel, *, at: datetime) -> None:
    """Stamp a changed row: the version is one higher; the trail keeps the version before."""
    row.changed_at = at
    row.version += 1


def mark_void(row: VoidableModel, *, reason: str, at: datetime) -> None:
    """Mark a row as void. Raises `ValidationError` when it is void already."""
    if row.voided_at is not None:
        raise ValidationError(_("This record was voided before; nothing was changed."))
    row.voided_at, row.void_reason = at, reason
    next_version(row, at=at)
