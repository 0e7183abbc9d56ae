"""Information that does not come by the clinical record: a call, a letter, an authority's message."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from audit.choices import standing_reason
from audit.services import attributed, first_version
from pharmacovigilance.choices import CaseAct, ReceiptKind, ReceiptSource
from pharmacovigilance.models import Receipt, SafetyCase
from pharmacovigilance.services.owing import keep_owed
from pharmacovigilance.services.steps import locked_for, move

RECEIVED = standing_reason("Information was received.")


@transaction.atomic
def record_receipt(
    *,
    case: SafetyCase,
    source: str,
    received_at: datetime,
    said_by: str,
    text: str,
    is_significant: bool,
    by: User,
    at: datetime,
) -> Receipt:
    """Store a receipt with its own time, not in the future. Clinical facts belong in the record."""
    row = locked_for(case, Action.MANAGE_CASES, by)
    if source not in (ReceiptSource.PERSON, ReceiptSource.AUTHORITY):
        raise ValidationError({"source": _("Source: what the site says is entered in the clinical record.")})
    if received_at > at:
        raise ValidationError({"received_at": _("Received at: it lies in the future.")})
    receipt = Receipt(
        trial_id=row.trial_id,
        case=row,
        kind=ReceiptKind.FOLLOW_UP,
        source=source,
        received_at=received_at,
        has_patient=True,
        has_reporter=bool(said_by.strip()),
        has_event=True,
        has_product=row.receipts.filter(has_product=True).exists(),
        is_significant=is_significant,
        said_by=said_by,
        text=text,
        entered_by=by,
    )
    first_version(receipt, at=at)
    receipt.full_clean(exclude=("trial", "case", "entered_by"))
    with attributed(by=by, reason=RECEIVED, at=at):
        receipt.save(force_insert=True)
    if is_significant:
        move(row, CaseAct.RECEIVE, by=by, at=at, reason=RECEIVED)
    keep_owed(row, at=at)
    return receipt
