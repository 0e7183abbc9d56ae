"""A message from outside: its file is stored, and the case that it names gets a receipt.

The receipt has identifiers and counts, and none of the message's text, which could name an arm.
"""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from pharmacovigilance.choices import ReceiptSource
from pharmacovigilance.e2b.checking import MessageCheck, check_message
from pharmacovigilance.e2b.icsr import IcsrGroup
from pharmacovigilance.models import Receipt, SafetyCase
from pharmacovigilance.services.receiving import record_receipt

_PRIVATE = 0o600


@dataclass(frozen=True)
class ReceivedMessage:
    """The result of a file: its place, its findings, and the receipts of the named cases.

    `is_new` is false for a file that was received before; then nothing changed.
    """

    check: MessageCheck
    path: Path
    receipts: tuple[Receipt, ...]
    is_new: bool


def receive_message(*, content: bytes, by: User, at: datetime) -> ReceivedMessage:
    """Store a message. Broken rules are reported and refuse nothing.

    Raises MessageError when it is no message.
    """
    check = check_message(content, profile="ich", at=at, schemas=settings.E2B_SCHEMA_DIR)
    digest = hashlib.sha256(content).hexdigest()
    path = Path(settings.E2B_RECEIVED_DIR) / f"{digest}.xml"
    if path.exists():
        return ReceivedMessage(check, path, (), is_new=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    try:
        _write(draft, content)
        with transaction.atomic():
            receipts = tuple(_receipts(check, digest, by, at))
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return ReceivedMessage(check, path, receipts, is_new=True)


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _receipts(check: MessageCheck, digest: str, by: User, at: datetime) -> list[Receipt]:
    found = []
    for message in check.batch.messages:
        case = SafetyCase.objects.with_relations().filter(worldwide_number__in=_numbers(message)).first()
        if case is None:
            continue
        if not case.is_open:
            raise ValidationError(
                _("C.1.8.1: case %(case)s is nullified or merged; a message about it changes nothing.")
                % {"case": case}
            )
        found.append(_receipt(case, check, message, digest, by, at))
    return found


def _numbers(message: IcsrGroup) -> list[str]:
    own = [message.text(element) for element in ("C.1.8.1", "C.1.1")]
    others = [group.text("C.1.9.1.r.2") for group in message.groups("C.1.9.1.r")]
    return [number for number in (*own, *others) if number]


def _receipt(
    case: SafetyCase, check: MessageCheck, message: IcsrGroup, digest: str, by: User, at: datetime
) -> Receipt:
    words = _(
        "E2B(R3) message %(number)s, %(findings)s rules broken, %(unused)s parts not used; file %(digest)s."
    )
    text = words % {
        "number": message.text("C.1.1") or "—",
        "findings": len(check.findings),
        "unused": len(check.not_used),
        "digest": digest,
    }
    return record_receipt(
        case=case,
        source=ReceiptSource.AUTHORITY,
        received_at=at,
        said_by=check.batch.root.text("N.1.3") or "",
        text=text,
        is_significant=False,
        by=by,
        at=at,
    )
