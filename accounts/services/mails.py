"""The outbox of e-mails: a row per mail, the text is made when the mail is sent, and each mail is sent once.

An app registers one renderer for each kind of mail when it is loaded, and queues mails inside the transaction of the
write that causes them. A task sends them after the commit. A sweep each minute finds unsent rows.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation

from accounts.models import Mail, User
from accounts.services.outbox import send_once, unsent_ids
from accounts.signals import mails_queued


@dataclass(frozen=True)
class MailText:
    """Subject and body of one mail, without clinical content and without anything sealed."""

    subject: str
    body: str


Renderer = Callable[[Mail], MailText]
_renderers: dict[str, Renderer] = {}


def register_mail(kind: str, renderer: Renderer) -> None:
    """Register the function that makes the text of this kind of mail. It is called in the reader's language."""
    if _renderers.setdefault(kind, renderer) is not renderer:
        raise ValueError(f"Mail kind {kind!r} has a renderer already.")


def queue_mails(
    *,
    kind: str,
    about: str,
    at: datetime,
    to: Collection[User | int] = (),
    addresses: Collection[str] = (),
    words: dict[str, Any] | None = None,
) -> None:
    """Put one mail of `kind` about `about` into the outbox for each person and each address, if it is not there yet.

    `words` is stored in the row: no secrets, no clinical content. Raises `ValueError` for a kind without a renderer.
    """
    if kind not in _renderers:
        raise ValueError(f"Mail kind {kind!r} has no renderer.")
    people = sorted({person if isinstance(person, int) else person.pk for person in to})
    common: dict[str, Any] = {"kind": kind, "about": about, "words": words or {}, "created_at": at}
    rows = [Mail(recipient_id=person, **common) for person in people]
    rows += [Mail(address=address, **common) for address in sorted(set(addresses))]
    Mail.objects.bulk_create(rows, ignore_conflicts=True)
    mails_queued.send(Mail)


def unsent_mails() -> list[int]:
    """The ids of mails still to be sent, oldest first."""
    return unsent_ids(Mail.objects.unsent())


def send_mail(*, mail_id: int, at: datetime) -> bool:
    """Send one mail, once; false when it was sent before or another process is sending it."""
    return send_once(Mail.objects.unsent().select_related("recipient"), mail_id, email=_message, at=at)


def _message(mail: Mail) -> EmailMessage:
    person = mail.recipient
    with translation.override(person.language if person else settings.LANGUAGE_CODE):
        text = _renderers[mail.kind](mail)
    return EmailMessage(text.subject, text.body, to=[person.email if person else mail.address])
