"""Inadvertent unblinding: recorded, corrected, assessed, voided.

What happened is stored separately under seal.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.services import cleared, require, system_user
from audit.services import attributed, first_version, mark_void, next_version
from product.choices import BlindImpact
from product.models import InadvertentUnblinding, UnblindingAccount
from product.rules.unblinding import arm_refusals
from product.services.unblinding.notices import notify_of_inadvertent
from trials.models import Participant, ProtocolVersion, Site, Trial
from trials.services.entries import check_correctable, check_not_future, check_seen
from webkit.refusals import raise_refusals

CORRECTABLE = frozenset({"occurred", "learner", "learnt_by", "learner_description", "is_corrected"})
"""What blinded people read; participant and site stay: a record about the wrong one is voided."""
ACCOUNT = frozenset({"channel", "what_happened", "known_to", "impact_text", "corrective_action"})
"""What is kept under seal."""


def record_inadvertent_unblinding(
    *,
    trial: Trial,
    facts: Mapping[str, Any],
    account: Mapping[str, str],
    by: User,
    at: datetime,
    reason: str,
    participant: Participant | None = None,
    site: Site | None = None,
) -> InadvertentUnblinding:
    """Record that an arm became known by mistake: `facts` open, `account` sealed. The overseers are notified.

    Without participant and site it concerns the whole trial. Raises ValidationError, PermissionDenied; all or nothing.
    """
    check_correctable(facts, CORRECTABLE)
    check_correctable(account, ACCOUNT)
    place = participant.site if participant else site
    _require(trial, place, by)
    _refuse_arm_in(reason, trial.pk)
    with attributed(by=by, reason=reason, at=at):
        row = InadvertentUnblinding(trial=trial, participant=participant, site=place, **facts)
        first_version(row, at=at)
        _check(row, at)
        row.save()
        _keep_account(row, account, at)
        notify_of_inadvertent(row, by=by, at=at)
    return row


def correct_inadvertent_unblinding(
    *,
    record: InadvertentUnblinding,
    changes: Mapping[str, Any],
    account_changes: Mapping[str, str],
    by: User,
    at: datetime,
    reason: str,
    seen_version: int | None = None,
) -> InadvertentUnblinding:
    """Correct the facts, the sealed account, or both; the earlier content stays in the trail."""
    check_correctable(changes, CORRECTABLE)
    check_correctable(account_changes, ACCOUNT)
    with _writing(record, by, at, reason) as row:
        check_seen(row, seen_version)
        for name, value in changes.items():
            setattr(row, name, value)
        next_version(row, at=at)
        _check(row, at)
        row.save()
        if account_changes:
            _correct_account(row, account_changes, at)
    return row


def assess_inadvertent_unblinding(
    *,
    record: InadvertentUnblinding,
    impact: str,
    is_corrected: bool | None,
    account_changes: Mapping[str, str],
    by: User,
    at: datetime,
    reason: str,
) -> InadvertentUnblinding:
    """Record the impact on the blind (open) and its description (sealed).

    A later assessment is a new version.
    """
    check_correctable(account_changes, ACCOUNT)
    if impact == BlindImpact.NOT_ASSESSED:
        raise ValidationError({"impact": _("Impact: choose what it means; it is not assessed until then.")})
    with _writing(record, by, at, reason) as row:
        row.impact, row.is_corrected = impact, is_corrected
        row.assessed_by, row.assessed_at = by, at
        next_version(row, at=at)
        _check(row, at)
        row.save()
        if account_changes:
            _correct_account(row, account_changes, at)
    return row


def void_inadvertent_unblinding(
    *, record: InadvertentUnblinding, by: User, at: datetime, reason: str
) -> InadvertentUnblinding:
    """Exclude a record that was made by mistake from every count; it stays readable."""
    with _writing(record, by, at, reason) as row:
        mark_void(row, reason=reason, at=at)
        row.save()
    return row


def read_account(*, record: InadvertentUnblinding, by: User, at: datetime) -> UnblindingAccount:
    """The sealed account, for persons who may know allocations. Raises PermissionDenied for others."""
    require(by=by, action=Action.VIEW_ALLOCATION, trial_code=record.trial.code)
    purpose = f"read the account of inadvertent unblinding {record.pk}"
    with cleared(ground=ClearanceGround.ROLE, by=by, trial_id=record.trial_id, purpose=purpose, at=at):
        account: UnblindingAccount = UnblindingAccount.objects.get(inadvertent=record)
        return account


def _require(trial: Trial, site: Site | None, by: User) -> None:
    require(
        by=by,
        action=Action.RECORD_UNBLINDING,
        trial_code=trial.code,
        site_code=site.code if site else "",
    )


@contextmanager
def _writing(
    record: InadvertentUnblinding, by: User, at: datetime, reason: str
) -> Iterator[InadvertentUnblinding]:
    """The locked row, for a person who may change it; a void one is not changed."""
    _require(record.trial, record.site, by)
    _refuse_arm_in(reason, record.trial_id)
    with attributed(by=by, reason=reason, at=at):
        row = InadvertentUnblinding.objects.select_for_update().get(pk=record.pk)
        if row.voided_at is not None:
            raise ValidationError(_("This record was voided before; nothing was changed."))
        yield row


def _refuse_arm_in(reason: str, trial_id: int) -> None:
    """The reason is stored in the open trail, and its author may know an arm."""
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=None)
    raise_refusals(arm_refusals([("reason", reason)], protocol.arms), InadvertentUnblinding)


def _check(row: InadvertentUnblinding, at: datetime) -> None:
    row.full_clean()
    check_not_future(row, {"occurred": "occurred_earliest_at"}, at=at, zone=row.trial.timezone)


@contextmanager
def _under_seal(trial_id: int, at: datetime) -> Iterator[None]:
    """The system opens the seal to write: the author may be blinded and gets no clearance."""
    purpose = "keep the account of an inadvertent unblinding under seal"
    with cleared(ground=ClearanceGround.ROLE, by=system_user(), trial_id=trial_id, purpose=purpose, at=at):
        yield


def _keep_account(row: InadvertentUnblinding, account: Mapping[str, str], at: datetime) -> None:
    with _under_seal(row.trial_id, at):
        kept = UnblindingAccount(trial_id=row.trial_id, inadvertent=row, **account)
        first_version(kept, at=at)
        kept.full_clean()
        kept.save()


def _correct_account(row: InadvertentUnblinding, changes: Mapping[str, str], at: datetime) -> None:
    with _under_seal(row.trial_id, at):
        kept = UnblindingAccount.objects.select_for_update().get(inadvertent=row)
        for name, value in changes.items():
            setattr(kept, name, value)
        next_version(kept, at=at)
        kept.full_clean()
        kept.save()
