"""A clinician's decision about a candidate finding: confirmed or refuted, with a reason."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, next_version
from events.models import AdverseEvent
from haemodynamics.choices import FindingState
from haemodynamics.models import HaemodynamicFinding
from haemodynamics.rules import may_be_decided


def confirm_finding(
    *,
    finding: HaemodynamicFinding,
    by: User,
    at: datetime,
    reason: str,
    adverse_event: AdverseEvent | None = None,
) -> HaemodynamicFinding:
    """Confirm the finding; `adverse_event` is the event that it was recorded as, if any (none is made here)."""
    return _decide(finding, FindingState.CONFIRMED, adverse_event, by=by, at=at, reason=reason)


def refute_finding(
    *, finding: HaemodynamicFinding, by: User, at: datetime, reason: str
) -> HaemodynamicFinding:
    """Refute the finding: an artefact, a wrong rate, a rise planned for another reason."""
    return _decide(finding, FindingState.REFUTED, None, by=by, at=at, reason=reason)


def _decide(
    finding: HaemodynamicFinding,
    state: FindingState,
    adverse_event: AdverseEvent | None,
    *,
    by: User,
    at: datetime,
    reason: str,
) -> HaemodynamicFinding:
    with attributed(by=by, reason=reason, at=at):
        rows = HaemodynamicFinding.objects.select_related("participant__trial", "participant__site")
        row = rows.select_for_update(of=("self",)).get(pk=finding.pk)
        person = row.participant
        require(by=by, action=Action.ASSESS_FINDING, trial_code=person.trial.code, site_code=person.site.code)
        if not may_be_decided(row.state):
            raise ValidationError(
                {"state": _("State: this finding was withdrawn, since the readings no longer show it.")}
            )
        _refuse_stranger(row, adverse_event)
        row.state, row.adverse_event = state, adverse_event
        row.decided_by, row.decided_at, row.decision_reason = by.get_username(), at, reason
        next_version(row, at=at)
        row.full_clean(exclude=("trial", "participant", "infusion"), validate_unique=False)
        row.save()
    return row


def _refuse_stranger(finding: HaemodynamicFinding, adverse_event: AdverseEvent | None) -> None:
    if adverse_event is None:
        return
    if adverse_event.participant_id != finding.participant_id or adverse_event.voided_at is not None:
        message = _("Adverse event: it is void, or of another participant.")
        raise ValidationError({"adverse_event": message})
