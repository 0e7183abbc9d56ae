"""An authority's acknowledgement moves the obligation that it answers, at the unblinded desk, under seal."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.services import cleared, require
from pharmacovigilance.choices import ReportDestination, StepKind
from pharmacovigilance.e2b.acknowledgements import (
    Acknowledgement,
    AcknowledgementOutcome,
    MessageOutcome,
    SentMessage,
    acknowledged_outcomes,
)
from pharmacovigilance.e2b.refusals import MessageError
from pharmacovigilance.models import DeskRecord, DeskStep, SafetyCase
from pharmacovigilance.services.desk import record_desk_step

PROFILE_OF = {ReportDestination.EUDRAVIGILANCE: "ema", ReportDestination.FDA: "fda"}
STEP_OF = {
    AcknowledgementOutcome.ACCEPTED: StepKind.ACKNOWLEDGED,
    AcknowledgementOutcome.WITH_WARNINGS: StepKind.ACKNOWLEDGED,
    AcknowledgementOutcome.REJECTED: StepKind.REJECTED,
}


def take_acknowledgement(
    *, acknowledgement: Acknowledgement, by: User, at: datetime
) -> tuple[MessageOutcome, ...]:
    """Record the authority's answer to a message of this batch number. A repeated call changes nothing.

    Raises MessageError for a batch that was not sent, a wrong sender, an unknown message; PermissionDenied for an
    account that is no unblinded reporter of the trial. The transaction is the outermost one: the opening of the seal is
    logged first.
    """
    case = _case_of(acknowledgement)
    require(by=by, action=Action.REPORT_UNBLINDED, trial_code=case.trial.code)
    opening = cleared(
        ground=ClearanceGround.EXPEDITED_REPORT,
        by=by,
        trial_id=case.trial_id,
        participant_id=case.participant_id,
        purpose=f"acknowledgement of case {case.pk}",
        at=at,
    )
    with transaction.atomic(), opening:
        every = _sent_steps(case, acknowledgement.batch)
        sent = [step for step in every if _receiver(step) == acknowledgement.sender] or every
        found = acknowledged_outcomes(acknowledgement, sent=[_message(case, step) for step in sent[:1]])
        for step in sent:
            _answer(step, acknowledgement, found[0], by, at)
    return found


def _case_of(acknowledgement: Acknowledgement) -> SafetyCase:
    number, _, _version = acknowledgement.batch.rpartition("-")
    case = SafetyCase.objects.with_relations().filter(worldwide_number=number).first()
    if case is None:
        raise MessageError(f"ACK.A.1: “{acknowledgement.batch}” is no batch that was sent.")
    return case


def _sent_steps(case: SafetyCase, batch: str) -> Sequence[DeskStep]:
    """The messages that the desk sent with this batch number. Needs the clearance."""
    record = DeskRecord.objects.filter(case=case).first()
    rows = DeskStep.objects.filter(record=record, kind=StepKind.SENT, reference=batch)
    return list(rows.select_related("obligation", "record__case").order_by("pk"))


def route_of(destination: str) -> Mapping[str, str]:
    """Sender and receivers of messages to a destination."""
    routes: Mapping[str, Mapping[str, str]] = settings.E2B_ROUTES
    return routes[profile_of(destination)]


def profile_of(destination: str) -> str:
    """By whose rules a message to a destination is checked."""
    return PROFILE_OF.get(ReportDestination(destination), "ich")


def _receiver(step: DeskStep) -> str:
    return route_of(step.destination)["batch_receiver"]


def _message(case: SafetyCase, step: DeskStep) -> SentMessage:
    route = route_of(step.destination)
    return SentMessage(
        batch=step.reference,
        batch_sender=route["sender"],
        batch_receiver=route["batch_receiver"],
        message=case.worldwide_number,
        report=case.worldwide_number,
    )


def _answer(
    step: DeskStep, acknowledgement: Acknowledgement, found: MessageOutcome, by: User, at: datetime
) -> None:
    kind = STEP_OF.get(found.outcome)
    known = DeskStep.objects.filter(
        record=step.record, obligation=step.obligation, kind=kind, reference=acknowledgement.number
    )
    if kind is None or known.exists():
        return
    record_desk_step(
        record=step.record,
        obligation=step.obligation,
        kind=kind,
        reference=acknowledgement.number,
        text="\n".join(found.reasons),
        late_reason="",
        by=by,
        at=at,
    )
