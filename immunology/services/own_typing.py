"""The participants' own HLA typing: sealed, entered and voided by the laboratory, which sees its own."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.services import cleared, require
from audit.services import attributed, first_version, mark_void
from immunology.models import ParticipantTyping
from immunology.services.judging import judge_as_system
from trials.models import Participant, Trial


def record_participant_typings(
    *, participant: Participant, specificities: Iterable[tuple[str, str]], by: User, at: datetime, reason: str
) -> list[ParticipantTyping]:
    """Record a participant's typing, pairs of locus ("" = as the name says) and allele or antigen.

    All or nothing.

    The participant is judged again. Raises ValidationError, PermissionDenied.
    """
    trial = participant.trial
    require(by=by, action=Action.RECORD_ANTIBODIES, trial_code=trial.code)
    with (
        attributed(by=by, reason=reason, at=at),
        cleared(
            ground=ClearanceGround.LABORATORY, by=by, trial_id=trial.pk, purpose="type a participant", at=at
        ),
    ):
        rows = [_record(participant, locus, name, by, at) for locus, name in specificities]
        judge_as_system(trial=trial, participant_ids={participant.pk}, at=at)
    return rows


def void_participant_typing(*, trial: Trial, typing_id: int, by: User, at: datetime, reason: str) -> None:
    """Void a typing that the account recorded; the participant is judged again."""
    require(by=by, action=Action.RECORD_ANTIBODIES, trial_code=trial.code)
    with (
        attributed(by=by, reason=reason, at=at),
        cleared(ground=ClearanceGround.LABORATORY, by=by, trial_id=trial.pk, purpose="void a typing", at=at),
    ):
        own = ParticipantTyping.objects.filter(trial=trial, recorded_by_id=by.pk).select_for_update()
        row = own.filter(pk=typing_id).first()
        if row is None:
            raise ValidationError({"typing": _("Typing: not one that you have recorded.")})
        mark_void(row, reason=reason, at=at)
        row.save()
        judge_as_system(trial=trial, participant_ids={row.participant_id}, at=at)


def _record(
    participant: Participant, locus: str, specificity: str, by: User, at: datetime
) -> ParticipantTyping:
    row = ParticipantTyping(
        trial_id=participant.trial_id,
        participant=participant,
        locus=locus,
        specificity=specificity,
        recorded_by_id=by.pk,
    )
    first_version(row, at=at)
    row.full_clean()
    row.save()
    return row
