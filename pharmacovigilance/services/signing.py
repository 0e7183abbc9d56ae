"""Signing a version of a case, beginning an amendment, special situations, nullification."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action, SignatureMeaning
from accounts.models import User
from accounts.services import content_digest, sign_record
from audit.choices import standing_reason
from audit.services import attributed, first_version
from pharmacovigilance.choices import (
    CaseAct,
    ClosedBecause,
    ReceiptKind,
    ReceiptSource,
    StepKind,
    VersionKind,
)
from pharmacovigilance.models import CaseVersion, Receipt, SafetyCase
from pharmacovigilance.queries.content import content_of
from pharmacovigilance.queries.judging import CaseJudgement
from pharmacovigilance.services.owing import add_nullification, add_step, keep_owed, open_obligations
from pharmacovigilance.services.steps import check_reason, locked_for, move

SIGNED = standing_reason("I have reviewed this case and take responsibility for it.")


@transaction.atomic
def sign_case(*, case: SafetyCase, seen_version: int, by: User, at: datetime) -> CaseVersion:
    """Freeze the present content of the case as its next version, and sign it. The door checks the password.

    `seen_version` is the row's version that was read: raises ValidationError when the case changed since.
    """
    row = locked_for(case, Action.SIGN_CASE, by)
    if row.version != seen_version:
        raise ValidationError(_("Signature: the case changed since you read it; read it again."))
    judgement = CaseJudgement(row)
    number, kind = row.last_version + 1, _kind(row)
    row.last_version, row.is_amendment = number, False
    move(row, CaseAct.SIGN, by=by, at=at, reason=SIGNED)
    return _version(judgement, number, kind, by, at)


def _kind(case: SafetyCase) -> VersionKind:
    if case.last_version == 0:
        return VersionKind.INITIAL
    return VersionKind.AMENDMENT if case.is_amendment else VersionKind.FOLLOW_UP


def _version(judgement: CaseJudgement, number: int, kind: VersionKind, by: User, at: datetime) -> CaseVersion:
    case, content = judgement.case, content_of(judgement, number=number, kind=kind)
    last = judgement.receipts[-1].pk if judgement.receipts else 0
    row = CaseVersion(
        trial_id=case.trial_id, case=case, number=number, kind=kind, content=content, last_receipt_id=last
    )
    row.content_sha256 = content_digest(content)
    first_version(row, at=at)
    row.full_clean(exclude=("trial", "case", "content"))
    with attributed(by=by, reason=SIGNED, at=at):
        row.save(force_insert=True)
    sign_record(
        record=row,
        version=number,
        content=content,
        meaning=SignatureMeaning.RESPONSIBILITY,
        trial_id=case.trial_id,
        zone=case.trial.timezone,
        by=by,
        at=at,
    )
    return row


@transaction.atomic
def amend_case(*, case: SafetyCase, by: User, at: datetime, reason: str) -> SafetyCase:
    """Begin a version that corrects the released one without new information."""
    check_reason(reason)
    row = locked_for(case, Action.MANAGE_CASES, by)
    row.is_amendment = True
    move(row, CaseAct.AMEND, by=by, at=at, reason=reason)
    return row


@transaction.atomic
def set_situations(
    *, case: SafetyCase, situations: list[str], by: User, at: datetime, reason: str
) -> SafetyCase:
    """Set the special situations of the case: reported like a reaction (Annex III 2.1)."""
    check_reason(reason)
    row = locked_for(case, Action.MANAGE_CASES, by)
    row.situations = sorted(set(situations))
    move(row, CaseAct.SITUATION, by=by, at=at, reason=reason)
    keep_owed(row, at=at)
    return row


@transaction.atomic
def nullify_case(*, case: SafetyCase, by: User, at: datetime, reason: str) -> SafetyCase:
    """Nullify a case that should not exist.

    Released versions get a signed last version and messages of their own.

    The door checks the password. Obligations that were not sent are closed with the reason.
    """
    check_reason(reason)
    row = locked_for(case, Action.SIGN_CASE, by)
    judgement = CaseJudgement(row)
    left = judgement.released_at is not None
    row.nullified_because = reason
    number = row.last_version + 1 if left else row.last_version
    row.last_version = number
    for obligation in open_obligations(row, at=at):
        closed = {"closed_because": ClosedBecause.NULLIFIED, "text": reason}
        add_step(obligation, StepKind.CLOSED, by=by, at=at, reason=reason, **closed)
    move(row, CaseAct.NULLIFY, by=by, at=at, reason=reason)
    if left:
        _version(judgement, number, VersionKind.NULLIFICATION, by, at)
        add_nullification(row, _decision(row, by, at, reason).pk, at, at=at)
    return row


def _decision(case: SafetyCase, by: User, at: datetime, reason: str) -> Receipt:
    """The decision as information: the time from which the messages of the nullification count."""
    row = Receipt(
        trial_id=case.trial_id,
        case=case,
        kind=ReceiptKind.FOLLOW_UP,
        source=ReceiptSource.PERSON,
        received_at=at,
        has_patient=True,
        has_reporter=True,
        has_event=True,
        has_product=True,
        is_significant=True,
        said_by="sponsor",
        text=reason,
        entered_by=by,
    )
    first_version(row, at=at)
    row.full_clean(exclude=("trial", "case", "entered_by"))
    with attributed(by=by, reason=reason, at=at):
        row.save(force_insert=True)
    return row
