"""HLA typing of the donors of the batches: sealed, entered by the cell-therapy unit."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.services import cleared, require
from audit.services import attributed, first_version
from immunology.models import DonorTyping
from immunology.rules.targets import MOST_ALLELES
from immunology.services.judging import judge_as_system
from trials.models import Trial


def record_donor_typing(
    *,
    trial: Trial,
    donor_code: str,
    specificity: str,
    by: User,
    at: datetime,
    reason: str,
    locus: str = "",
) -> DonorTyping:
    """Record one allele or antigen of a donor; the locus follows from its name.

    All participants are judged again.
    """
    (row,) = record_donor_typings(
        trial=trial, donor_code=donor_code, specificities=[(locus, specificity)], by=by, at=at, reason=reason
    )
    return row


def record_donor_typings(
    *,
    trial: Trial,
    donor_code: str,
    specificities: Iterable[tuple[str, str]],
    by: User,
    at: datetime,
    reason: str,
) -> list[DonorTyping]:
    """Record a donor's typing, pairs of locus ("" = as the name says) and allele or antigen; all or nothing."""
    require(by=by, action=Action.MANAGE_PRODUCT, trial_code=trial.code)
    with (
        attributed(by=by, reason=reason, at=at),
        cleared(ground=ClearanceGround.ROLE, by=by, trial_id=trial.pk, purpose="type a donor", at=at),
    ):
        rows = [_record(trial, donor_code, locus, name, at) for locus, name in specificities]
        judge_as_system(trial=trial, participant_ids=None, at=at)
    return rows


def _record(trial: Trial, donor_code: str, locus: str, specificity: str, at: datetime) -> DonorTyping:
    row = DonorTyping(trial=trial, donor_code=donor_code, locus=locus, specificity=specificity)
    row.clean()
    _refuse_third_allele(row)
    first_version(row, at=at)
    row.full_clean()
    row.save()
    return row


def _refuse_third_allele(row: DonorTyping) -> None:
    """A third allele at a locus is a correction: what it changes is shown before it counts."""
    standing = DonorTyping.objects.filter(
        trial=row.trial, donor_code=row.donor_code, locus=row.locus, voided_at=None
    ).exclude(specificity=row.specificity)
    if standing.count() >= MOST_ALLELES:
        message = _("Locus: the donor has two alleles at %(locus)s already; correct the typing instead.")
        raise ValidationError({"specificity": message % {"locus": row.locus}})
