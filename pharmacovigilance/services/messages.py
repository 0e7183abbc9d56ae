"""Messages to authorities: made at the unblinded desk with the product named, checked, kept under seal, sent.

The blinded preview of the same version is made here too; it is the same whatever the arm is.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from audit.choices import standing_reason
from audit.services import attributed, first_version
from pharmacovigilance.choices import DeskOutcome, StepKind
from pharmacovigilance.e2b.case_messages import CaseMessageError, icsr_of_case
from pharmacovigilance.e2b.checking import check_message
from pharmacovigilance.e2b.schema import SchemaSetError
from pharmacovigilance.e2b.writing import write_batch
from pharmacovigilance.models import CaseVersion, DeskRecord, DeskStep, IcsrMessage, Obligation, SafetyCase
from pharmacovigilance.queries.case_reports import case_report
from pharmacovigilance.services.acknowledging import profile_of
from pharmacovigilance.services.desk import record_desk_step
from pharmacovigilance.services.steps import locked_for
from trials.models import ProtocolVersion

MADE = standing_reason("A message was made at the unblinded desk.")


@dataclass(frozen=True)
class CheckedMessage:
    """A message within the rules, and what only warns."""

    content: bytes
    warnings: tuple[str, ...]


def message_of_version(
    *,
    case: SafetyCase,
    version: CaseVersion,
    profile: str,
    at: datetime,
    product_name: str = "",
    batch: str = "",
) -> CheckedMessage:
    """The message of a signed version.

    Raises ValidationError with every rule of severity error that it breaks.

    `product_name` empty: blinded. `batch` empty: the number of the case with that of the version.
    """
    report = case_report(case=case, version=version, profile=profile, at=at, product_name=product_name)
    if batch:
        report = replace(report, batch_number=batch)
    try:
        content = write_batch(icsr_of_case(report))
        checked = check_message(content, profile=profile, at=at, schemas=settings.E2B_SCHEMA_DIR)
    except (CaseMessageError, SchemaSetError) as error:
        raise ValidationError(str(error)) from error
    errors = [str(finding) for finding in checked.findings if finding.severity == "error"]
    if errors:
        raise ValidationError([_("The message breaks rules, so it does not leave."), *errors])
    return CheckedMessage(content, tuple(str(finding) for finding in checked.findings))


def signed_version(case: SafetyCase, number: int | None) -> CaseVersion:
    """The version of this number, or the last one. Raises ValidationError when it is not signed."""
    wanted = case.last_version if number is None else number
    version = CaseVersion.objects.filter(case=case, number=wanted).first()
    if version is None:
        message = _("Version: %(number)s of %(case)s is not signed; only a signed version leaves.")
        raise ValidationError({"version": message % {"number": wanted, "case": case}})
    return version


def product_named(record: DeskRecord) -> str:
    """What the message calls the product: the arm by the protocol's label.

    Empty without an allocation on record.
    """
    protocol = ProtocolVersion.objects.protocol_of(trial_id=record.trial_id, on=None)
    arm = protocol.arm(record.arm_code)
    return arm.label if arm else ""


def make_message(*, record: DeskRecord, obligation: Obligation, by: User, at: datetime) -> IcsrMessage:
    """Make and keep the message of the last signed version for an obligation handed to the desk.

    Needs an open clearance of the trial. Raises ValidationError: placebo, not handed over, every rule broken.
    """
    case = locked_for(record.case, Action.REPORT_UNBLINDED, by)
    if record.outcome == DeskOutcome.PLACEBO:
        raise ValidationError(_("Placebo: the case is closed at the desk; nothing is sent."))
    if obligation.case_id != record.case_id or not obligation.steps.filter(kind=StepKind.HANDED).exists():
        raise ValidationError({"obligation": _("Obligation: it was not handed to the desk for this case.")})
    version, profile = signed_version(case, None), profile_of(obligation.destination)
    batch = _batch(case, version)
    checked = message_of_version(
        case=case, version=version, profile=profile, at=at, product_name=product_named(record), batch=batch
    )
    row = IcsrMessage(
        trial_id=record.trial_id,
        participant_id=record.participant_id,
        record=record,
        obligation=obligation,
        case_version=version.number,
        profile=profile,
        batch_number=batch,
        content=checked.content.decode(),
        content_sha256=hashlib.sha256(checked.content).hexdigest(),
        warnings=list(checked.warnings),
        made_by=by,
        made_at=at,
    )
    first_version(row, at=at)
    with attributed(by=by, reason=MADE, at=at):
        row.save(force_insert=True)
    return row


def _batch(case: SafetyCase, version: CaseVersion) -> str:
    """A number of its own for each message: that of the version, with a counter from the second on."""
    plain = f"{case.worldwide_number}-{version.number}"
    count = IcsrMessage.objects.filter(record__case=case, case_version=version.number).count()
    return plain if count == 0 else f"{plain}.{count + 1}"


def record_message_sent(*, message: IcsrMessage, late_reason: str, by: User, at: datetime) -> DeskStep:
    """Say that the message left, under its batch number.

    Raises ValidationError: sent already, late without a reason.
    """
    sent = DeskStep.objects.filter(
        record=message.record_id, kind=StepKind.SENT, reference=message.batch_number
    )
    if sent.exists():
        raise ValidationError(_("Message: it was sent already; make another one."))
    return record_desk_step(
        record=message.record,
        obligation=message.obligation,
        kind=StepKind.SENT,
        reference=message.batch_number,
        text="",
        late_reason=late_reason,
        by=by,
        at=at,
    )
