"""Sending a message of an outbox once, also when processes die or work at the same time."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet

from audit.models import OutboxModel

Message = TypeVar("Message", bound=OutboxModel)


def unsent_ids(waiting: QuerySet[Message]) -> list[int]:
    """The ids of the messages, oldest first."""
    return list(waiting.order_by("id").values_list("id", flat=True))


def send_once(
    waiting: QuerySet[Message], message_id: int, *, email: Callable[[Message], EmailMessage], at: datetime
) -> bool:
    """Send one of the waiting messages; false when it was sent before or another process is sending it.

    The row is locked while the e-mail leaves. If the process dies between sending and saving, the e-mail is sent again:
    twice is a nuisance, never is a person who was not told.
    """
    with transaction.atomic():
        locked = waiting.select_for_update(skip_locked=True, of=("self",))
        message = locked.filter(pk=message_id).first()
        if message is None:
            return False
        email(message).send()
        message.sent_at = at
        message.save(update_fields=["sent_at"])
        return True
