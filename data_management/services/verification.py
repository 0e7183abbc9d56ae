"""A version of a record is marked as compared with the source, and such a mark is taken back."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.choices import standing_reason
from audit.models import AuditedModel
from audit.services import attributed, first_version, next_version
from data_management.models import SourceVerification
from data_management.queries.subjects import participant_of_record, site_of_record, subject_of
from trials.services.entries import check_seen

VERIFIED = standing_reason("verified against the source")


@transaction.atomic
def verify_source(
    *, record: AuditedModel, seen_version: int, by: User, at: datetime, remark: str = ""
) -> SourceVerification:
    """Mark the version that was seen as compared with the source.

    Raises ValidationError when the record was changed meanwhile, is void, or when the version has a mark already.
    """
    row = subject_of(subject=record._meta.label_lower, subject_id=record.pk)
    check_seen(row, seen_version)
    if getattr(row, "voided_at", None) is not None:
        raise ValidationError(_("Record: it is void; there is nothing to verify."))
    mark = SourceVerification(
        trial_id=row.trial_id,
        site=site_of_record(row),
        participant=participant_of_record(row),
        subject=row._meta.label_lower,
        subject_id=row.pk,
        subject_version=row.version,
        verified_by=by,
        verified_at=at,
        remark=remark.strip(),
    )
    _require(mark, by)
    first_version(mark, at=at)
    mark.full_clean()
    with attributed(by=by, reason=VERIFIED, at=at):
        mark.save(force_insert=True)
    return mark


@transaction.atomic
def take_back_verification(
    *, mark: SourceVerification, by: User, at: datetime, reason: str
) -> SourceVerification:
    """Take back a mark that was set by mistake; it stays readable."""
    rows = SourceVerification.objects.select_related("trial", "site").select_for_update(of=("self",))
    row = rows.get(pk=mark.pk)
    _require(row, by)
    if row.taken_back_at is not None:
        raise ValidationError(_("Verification: the mark was taken back before; nothing was changed."))
    row.taken_back_at, row.taken_back_because = at, reason
    next_version(row, at=at)
    row.full_clean()
    with attributed(by=by, reason=reason, at=at):
        row.save()
    return row


def _require(mark: SourceVerification, by: User) -> None:
    require(by=by, action=Action.VERIFY_SOURCE, trial_code=mark.trial.code, site_code=mark.site.code)
