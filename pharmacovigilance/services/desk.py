"""The unblinded desk: the arm of one case is opened, once, logged; its effect stays sealed.

Every open write here is the same in every arm: one `CaseOpening`, and nothing after it.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.services import cleared
from audit.choices import standing_reason
from audit.services import attributed, first_version
from pharmacovigilance.choices import DeskOutcome, StepKind
from pharmacovigilance.models import (
    CaseOpening,
    DeskRecord,
    DeskStep,
    Obligation,
    ObligationStep,
    SafetyCase,
)
from pharmacovigilance.services.steps import check_reason, locked_for
from product.models import Allocation
from trials.models import ProtocolVersion

OPENED = standing_reason("The arm was opened for an expedited report.")
AT_THE_DESK = standing_reason("Recorded at the unblinded desk.")
DESK_KINDS = (StepKind.SENT, StepKind.OPENED, StepKind.ACKNOWLEDGED, StepKind.REJECTED)


def open_arm(*, case: SafetyCase, by: User, at: datetime, reason: str) -> DeskRecord:
    """Open the arm of the case's participant, for this person.

    Raises ValidationError: not given to the desk, opened already. The transaction is the outermost one: the result was
    logged and committed before.
    """
    check_reason(reason)
    opening = cleared(
        ground=ClearanceGround.EXPEDITED_REPORT,
        by=by,
        trial_id=case.trial_id,
        participant_id=case.participant_id,
        purpose=f"expedited report of case {case.pk}",
        at=at,
    )
    with transaction.atomic():
        row = locked_for(case, Action.REPORT_UNBLINDED, by)
        handed = ObligationStep.objects.filter(obligation__case=row, kind=StepKind.HANDED)
        if not handed.exists():
            raise ValidationError(_("Case: it was not handed to the unblinded desk; nothing was opened."))
        if CaseOpening.objects.filter(case=row).exists():
            raise ValidationError(_("Case: its arm was opened already; see the desk."))
        with opening, attributed(by=by, reason=reason, at=at):
            _keep_opening(row, by, at, reason)
            return _keep_record(row, at)


def _keep_opening(case: SafetyCase, by: User, at: datetime, reason: str) -> None:
    row = CaseOpening(trial_id=case.trial_id, case=case, opened_by=by, opened_at=at, reason=reason)
    first_version(row, at=at)
    row.full_clean(exclude=("trial", "case", "opened_by"))
    row.save(force_insert=True)


def _keep_record(case: SafetyCase, at: datetime) -> DeskRecord:
    """Needs the clearance for the participant."""
    allocation = Allocation.objects.filter(participant=case.participant_id).first()
    arms = [allocation.arm_code, allocation.received_arm_code] if allocation else []
    row = DeskRecord(
        trial_id=case.trial_id,
        participant_id=case.participant_id,
        case=case,
        arm_code=next((arm for arm in reversed(arms) if arm), ""),
        outcome=_outcome(case, [arm for arm in arms if arm]),
    )
    first_version(row, at=at)
    row.save(force_insert=True)
    return row


def _outcome(case: SafetyCase, arm_codes: list[str]) -> DeskOutcome:
    """Placebo only when every arm, the allocated and the received one, is without an investigational product."""
    if not arm_codes:
        return DeskOutcome.UNALLOCATED
    protocol = ProtocolVersion.objects.protocol_of(trial_id=case.trial_id, on=None)
    found = [protocol.arm(code) for code in arm_codes]
    is_placebo = all(arm is not None and arm.is_control and not arm.is_investigational for arm in found)
    return DeskOutcome.PLACEBO if is_placebo else DeskOutcome.TO_REPORT


def record_desk_step(
    *,
    record: DeskRecord,
    obligation: Obligation,
    kind: str,
    reference: str,
    text: str,
    late_reason: str,
    by: User,
    at: datetime,
) -> DeskStep:
    """Record an act of the desk on an obligation that was given to it. Needs an open clearance of the trial.

    Raises ValidationError: placebo (nothing is sent), not given to the desk, late without a reason, an answer to
    nothing.
    """
    case = locked_for(record.case, Action.REPORT_UNBLINDED, by)
    _check_step(record, obligation, kind, late_reason, at)
    row = DeskStep(
        trial_id=record.trial_id,
        participant_id=record.participant_id,
        record=record,
        obligation=obligation,
        destination=obligation.destination,
        kind=kind,
        done_at=at,
        done_by=by,
        case_version=case.last_version,
        reference=reference,
        text=text,
        late_reason=late_reason if kind == StepKind.SENT and at > obligation.due_at else "",
    )
    first_version(row, at=at)
    with attributed(by=by, reason=AT_THE_DESK, at=at):
        row.save(force_insert=True)
    return row


def _check_step(
    record: DeskRecord, obligation: Obligation, kind: str, late_reason: str, at: datetime
) -> None:
    if kind not in DESK_KINDS:
        raise ValidationError({"kind": _("What: sent, opened, acknowledged or rejected.")})
    if record.outcome == DeskOutcome.PLACEBO:
        raise ValidationError(_("Placebo: the case is closed at the desk; nothing is sent."))
    handed = obligation.steps.filter(kind=StepKind.HANDED).exists()
    if obligation.case_id != record.case_id or not handed:
        raise ValidationError({"obligation": _("Obligation: it was not handed to the desk for this case.")})
    sent = DeskStep.objects.filter(record=record, obligation=obligation, kind=StepKind.SENT).exists()
    if kind != StepKind.SENT and not sent:
        raise ValidationError({"kind": _("What: nothing was sent yet that could be answered.")})
    if kind == StepKind.SENT and at > obligation.due_at and not late_reason.strip():
        raise ValidationError({"late_reason": _("Why late: a late report has a reason.")})
