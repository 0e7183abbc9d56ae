"""Emergency unblinding of one participant: requested, confirmed, displayed to the requester (docs/decisions/0005).

The door checks every password. Nothing written here contains an arm. The arm is read in one place, `disclose_arm`,
under a clearance for the one participant, and is returned only after the log of it is committed.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.queries import grants_of
from accounts.services import cleared, require
from audit.choices import standing_reason
from audit.services import attributed, first_version, next_version
from product.choices import SecondPerson
from product.models import Allocation, ArmDisclosure, Unblinding
from product.rules.unblinding import absence_refusals, confirmation_refusals, expiry_of, role_of
from product.services.unblinding.notices import notify_of_unblinding, notify_second_persons
from product.services.unblinding.repeats import is_unreported_repeat, notify_of_repeat, unblinding_plan_for
from trials.models import Participant, ProtocolVersion
from trials.rules.protocol import Protocol
from webkit.refusals import raise_refusals

SECOND_PERSON_REASON = standing_reason("Second person of an emergency unblinding.")
ALONE_REASON = standing_reason("Emergency unblinding without a second person.")
SHOWN_REASON = standing_reason("The arm was shown to the asker of an emergency unblinding.")


class _ShownMeanwhileError(Exception):
    """Another arm was displayed to the requester after the check whether this one is a second arm."""


@dataclass(frozen=True)
class ShownArm:
    """The displayed arm: the one allocated and, when different, the one received.

    None: no allocation is recorded.
    """

    allocated: str | None
    received: str | None = None


def ask_unblinding(
    *, participant: Participant, category: str, by: User, at: datetime, reason: str
) -> Unblinding:
    """Request that another person confirms from a separate session.

    The possible persons are notified at once.

    A repeated request returns the waiting one. Raises ValidationError (not randomised, confirmed already),
    PermissionDenied.
    """
    _require_asker(participant, by)
    with attributed(by=by, reason=reason, at=at):
        request, is_new = _own_request(participant, category, reason, by, at)
        if is_new:
            notify_second_persons(request, at=at)
    return request


def unblind_together(
    *, participant: Participant, category: str, second: User, by: User, at: datetime, reason: str
) -> Unblinding:
    """Request, with the confirmation of a second person who is present, in one step."""
    _require_asker(participant, by)
    with attributed(by=by, reason=reason, at=at):
        request, _is_new = _own_request(participant, category, reason, by, at)
        _require_second(request, second)
        with attributed(by=second, reason=SECOND_PERSON_REASON, at=at):
            return _confirm(request, SecondPerson.BESIDE, at, confirmed_by=second)


def unblind_alone(
    *, participant: Participant, category: str, absence_reason: str, by: User, at: datetime, reason: str
) -> Unblinding:
    """Request without a second person, with a description of the attempts to reach one.

    The notices say that no second person confirmed. Raises ValidationError for a text that is too short.
    """
    _require_asker(participant, by)
    raise_refusals(
        absence_refusals(absence_reason, unblinding_plan_for(participant, at).absence_words), Unblinding
    )
    with attributed(by=by, reason=reason, at=at):
        request, _is_new = _own_request(participant, category, reason, by, at)
        with attributed(by=by, reason=ALONE_REASON, at=at):
            return _confirm(request, SecondPerson.NOBODY, at, absence_reason=absence_reason)


def confirm_unblinding(*, unblinding: Unblinding, by: User, at: datetime) -> Unblinding:
    """Confirm a request as the second person, from a separate session.

    The second person does not see the arm.

    Raises ValidationError (confirmed already, lapsed, one's own request), PermissionDenied.
    """
    _require_second(unblinding, by)
    with attributed(by=by, reason=SECOND_PERSON_REASON, at=at):
        return _confirm(unblinding, SecondPerson.OWN_SESSION, at, confirmed_by=by)


def disclose_arm(*, unblinding: Unblinding, by: User, at: datetime) -> ShownArm:
    """The arm of a confirmed request, for the requester only. Each call is logged before the arm is returned.

    A second arm for the same person within the protocol's hours is first reported to two people, in a transaction of
    its own. The transaction is the outermost one (`durable`): clearance log and disclosure are committed, or an error
    is raised and nothing is returned. Raises ValidationError before the confirmation, PermissionDenied for any other
    person.
    """
    if by.pk != unblinding.asked_by_id:
        raise PermissionDenied(_("Only the person who asked may see the arm."))
    _require_asker(unblinding.participant, by)
    notify_of_repeat(unblinding=unblinding, by=by, at=at)
    try:
        return _shown(unblinding, by, at)
    except _ShownMeanwhileError:
        return disclose_arm(unblinding=unblinding, by=by, at=at)


def _shown(unblinding: Unblinding, by: User, at: datetime) -> ShownArm:
    opening = cleared(
        ground=ClearanceGround.UNBLINDING,
        by=by,
        trial_id=unblinding.trial_id,
        participant_id=unblinding.participant_id,
        purpose=f"emergency unblinding {unblinding.pk}: {unblinding.category}",
        at=at,
    )
    with transaction.atomic(durable=True), opening, attributed(by=by, reason=SHOWN_REASON, at=at):
        row = _locked_with_the_askers_others(unblinding)
        if row.confirmed_at is None:
            raise ValidationError(_("Request: not confirmed yet; nothing was shown."))
        if is_unreported_repeat(row, at):
            raise _ShownMeanwhileError
        shown = _arm_of(row)
        if shown.allocated is not None:
            _note_disclosure(row, by, at)
    return shown


def _locked_with_the_askers_others(unblinding: Unblinding) -> Unblinding:
    """The record.

    All records of the requester are locked, so that two concurrent displays follow one another.
    """
    rows = Unblinding.objects.select_for_update(of=("self",)).select_related("participant__trial")
    mine = rows.filter(trial=unblinding.trial_id, asked_by=unblinding.asked_by_id).order_by("pk")
    return next(row for row in mine if row.pk == unblinding.pk)


def _require_asker(participant: Participant, by: User) -> None:
    require(
        by=by,
        action=Action.REQUEST_UNBLINDING,
        trial_code=participant.trial.code,
        site_code=participant.site.code,
    )


def _require_second(unblinding: Unblinding, second: User) -> None:
    participant = unblinding.participant
    require(
        by=second,
        action=Action.CONFIRM_UNBLINDING,
        trial_code=participant.trial.code,
        site_code=participant.site.code,
    )
    if second.is_system:
        raise PermissionDenied(_("A second person is a person: the system confirms nothing."))
    if second.pk == unblinding.asked_by_id:
        raise ValidationError(_("Second person: must be somebody else than the asker."))


def _own_request(
    participant: Participant, category: str, reason: str, by: User, at: datetime
) -> tuple[Unblinding, bool]:
    """The requester's waiting request, or a new one; the participant's row is locked."""
    person = Participant.objects.select_for_update(no_key=True, of=("self",)).get(pk=participant.pk)
    if person.enrolment_number is None:
        message = _("Participant: not randomised, so there is no arm to be known.")
        raise ValidationError({"participant": message})
    mine = Unblinding.objects.filter(participant=person, asked_by=by)
    if mine.confirmed().exists():
        raise ValidationError(_("You have a confirmed unblinding of this participant: see the arm there."))
    waiting = mine.waiting(at=at).order_by("-pk").first()
    return (waiting, False) if waiting else (_ask(participant, category, reason, by, at), True)


def _ask(participant: Participant, category: str, reason: str, by: User, at: datetime) -> Unblinding:
    place = {"trial_code": participant.trial.code, "site_code": participant.site.code}
    plan = unblinding_plan_for(participant, at)
    request = Unblinding(
        trial_id=participant.trial_id,
        participant=participant,
        category=category,
        reason_text=reason,
        asked_by=by,
        asked_by_role=role_of(grants_of(by), Action.REQUEST_UNBLINDING, **place),
        asked_at=at,
        expires_at=expiry_of(at, plan.request_minutes),
    )
    first_version(request, at=at)
    request.full_clean()
    request.save()
    return request


def _confirm(
    unblinding: Unblinding,
    how: SecondPerson,
    at: datetime,
    *,
    confirmed_by: User | None = None,
    absence_reason: str = "",
) -> Unblinding:
    """Confirm once: the row is locked, and a second caller finds it confirmed."""
    row = (
        Unblinding.objects.select_for_update(of=("self",))
        .select_related("trial", "participant__site")
        .get(pk=unblinding.pk)
    )
    raise_refusals(confirmation_refusals(row.moments(), at), Unblinding)
    row.confirmation, row.confirmed_at = how, at
    row.confirmed_by, row.absence_reason = confirmed_by, absence_reason
    next_version(row, at=at)
    row.full_clean()
    row.save()
    notify_of_unblinding(row, at=at)
    return row


def _arm_of(unblinding: Unblinding) -> ShownArm:
    """Needs the clearance for the participant."""
    protocol = ProtocolVersion.objects.protocol_of(trial_id=unblinding.trial_id, on=None)
    allocation = Allocation.objects.filter(participant=unblinding.participant_id).first()
    if allocation is None:
        return ShownArm(None)
    received = allocation.received_arm_code
    differs = received and received != allocation.arm_code
    return ShownArm(_label(protocol, allocation.arm_code), _label(protocol, received) if differs else None)


def _label(protocol: Protocol, arm_code: str) -> str:
    arm = protocol.arm(arm_code)
    return arm.label if arm else arm_code


def _note_disclosure(row: Unblinding, by: User, at: datetime) -> None:
    disclosure = ArmDisclosure(trial_id=row.trial_id, unblinding=row, shown_to=by, shown_at=at)
    first_version(disclosure, at=at)
    disclosure.save()
    if row.disclosed_at is None:
        row.disclosed_at = at
        next_version(row, at=at)
        row.full_clean()
        row.save()
