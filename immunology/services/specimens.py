"""Tubes: taken, received, voided.

The same for every participant, before and after the first infusion, in every arm.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, first_version, mark_void, next_version
from immunology.choices import SpecimenKind
from immunology.models import Specimen
from immunology.signals import specimen_voided
from trials.choices import TimePrecision
from trials.models import Participant


def collect_specimen(
    *,
    participant: Participant,
    code: str,
    collected_at: datetime,
    by: User,
    at: datetime,
    reason: str,
    planned_day: int | None = None,
    kind: str = SpecimenKind.SERUM,
    collected_precision: str = TimePrecision.MINUTE,
) -> Specimen:
    """Record that a tube was taken. `planned_day` is the study day of the plan, `None` for an unplanned tube."""
    with attributed(by=by, reason=reason, at=at):
        person = Participant.objects.select_related("trial", "site").get(pk=participant.pk)
        _require(Action.COLLECT_SPECIMEN, person, by)
        row = Specimen(
            trial=person.trial,
            participant=person,
            code=code,
            planned_day=planned_day,
            kind=kind,
            collected_at=collected_at,
            collected_precision=collected_precision,
        )
        row.judged_at = at
        first_version(row, at=at)
        row.full_clean()
        row.save()
    return row


def receive_specimen(
    *,
    specimen: Specimen,
    received_at: datetime,
    by: User,
    at: datetime,
    reason: str,
    condition_note: str = "",
) -> Specimen:
    """Record that the laboratory received the tube, and its condition."""
    with attributed(by=by, reason=reason, at=at):
        row = _standing(specimen, Action.RECEIVE_SPECIMEN, by)
        if row.received_at is not None:
            raise ValidationError({"received_at": _("Received at: this specimen was received before.")})
        row.received_at, row.condition_note, row.judged_at = received_at, condition_note, at
        _keep(row, at)
    return row


def void_specimen(*, specimen: Specimen, by: User, at: datetime, reason: str) -> Specimen:
    """Void a tube that should not have been recorded; its results are not counted any more."""
    with attributed(by=by, reason=reason, at=at):
        row = _standing(specimen, Action.COLLECT_SPECIMEN, by)
        mark_void(row, reason=reason, at=at)
        row.save()
        specimen_voided.send(sender=Specimen, trial_id=row.trial_id, participant_id=row.participant_id)
    return row


def _require(action: Action, participant: Participant, by: User) -> None:
    require(by=by, action=action, trial_code=participant.trial.code, site_code=participant.site.code)


def _standing(specimen: Specimen, action: Action, by: User) -> Specimen:
    rows = Specimen.objects.select_related("participant__trial", "participant__site")
    row = rows.select_for_update(of=("self",)).get(pk=specimen.pk)
    _require(action, row.participant, by)
    if row.voided_at is not None:
        raise ValidationError(_("This specimen is void; it cannot be changed any more."))
    return row


def _keep(row: Specimen, at: datetime) -> None:
    next_version(row, at=at)
    row.full_clean()
    row.save()
