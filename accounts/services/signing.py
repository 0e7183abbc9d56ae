"""Signing a version of a record. The door checks the password (`own_password_refusal`) before this is called."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model

from accounts.choices import SignatureMeaning
from accounts.models import RecordSignature, SealedModel, SealedRecordSignature, User
from audit.choices import standing_reason
from audit.services import attributed

SIGNED = standing_reason("signed")


def content_digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form of the displayed content: JSON with sorted keys, without spaces, in UTF-8."""
    canonical = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def sign_record(
    *,
    record: Model,
    version: int,
    content: Mapping[str, Any],
    meaning: SignatureMeaning,
    trial_id: int,
    zone: str,
    by: User,
    at: datetime,
) -> RecordSignature | SealedRecordSignature:
    """Keep the signature of one version of a record that is saved already. Raises ValidationError when signed before.

    The signature of a sealed record is sealed; it needs an open clearance.
    """
    signature = _model_for(record)(
        trial_id=trial_id,
        subject=record._meta.label_lower,
        subject_id=record.pk,
        subject_version=version,
        signed_by=by,
        printed_name=by.get_full_name() or by.get_username(),
        signed_at=at,
        zone=zone,
        meaning=meaning,
        content_sha256=content_digest(content),
    )
    signature.full_clean()
    with attributed(by=by, reason=SIGNED, at=at):
        signature.save(force_insert=True)
    return signature


def _model_for(record: Model) -> type[RecordSignature] | type[SealedRecordSignature]:
    return SealedRecordSignature if isinstance(record, SealedModel) else RecordSignature


def signatures_of(record: Model) -> list[RecordSignature | SealedRecordSignature]:
    """The signatures of all versions of a record, the newest first."""
    rows = _model_for(record).objects.filter(subject=record._meta.label_lower, subject_id=record.pk)
    return list(rows.select_related("signed_by").order_by("-signed_at", "-pk"))


def signatures_of_all(records: Sequence[Model]) -> dict[int, list[RecordSignature]]:
    """The signatures of open records of one kind by record, the newest first; one query for all of them."""
    found: dict[int, list[RecordSignature]] = {record.pk: [] for record in records}
    kinds = {record._meta.label_lower for record in records}
    rows = RecordSignature.objects.filter(subject__in=kinds, subject_id__in=found)
    for row in rows.select_related("signed_by").order_by("-signed_at", "-pk"):
        found[row.subject_id].append(row)
    return found
