"""Questions about source-data verification."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data_management.models import SourceVerification
from data_management.queries.subjects import subject_models
from trials.models import Site, Trial


@dataclass(frozen=True)
class VerifiedShare:
    """Of one kind of record at one site: how many there are, verified as they stand, and verified in an older version."""

    site: str
    subject: str
    records: int
    as_they_stand: int
    changed_since: int


def marks_of(*, subject: str, subject_id: int) -> list[SourceVerification]:
    """The standing marks on a record, the newest version first. One query."""
    rows = SourceVerification.objects.filter(subject=subject, subject_id=subject_id, taken_back_at=None)
    return list(rows.select_related("verified_by").order_by("-subject_version", "-pk"))


def verified_shares(*, trial: Trial, sites: frozenset[str] | None) -> tuple[VerifiedShare, ...]:
    """Per site and kind of record. One query for the marks, and one for each kind."""
    places = Site.objects.filter(trial=trial)
    codes = set((places if sites is None else places.filter(code__in=sites)).values_list("code", flat=True))
    marked = _latest_marks(trial)
    return tuple(
        share
        for subject, model in sorted(subject_models().items())
        for share in _shares(subject, model, trial, codes, marked)
    )


def _latest_marks(trial: Trial) -> Mapping[tuple[str, int], int]:
    """The newest version of each record that carries a mark."""
    rows = SourceVerification.objects.filter(trial=trial, taken_back_at=None).order_by("subject_version")
    columns = ("subject", "subject_id", "subject_version")
    return {(subject, pk): version for subject, pk, version in rows.values_list(*columns)}


def _shares(
    subject: str, model: Any, trial: Trial, codes: set[str], marked: Mapping[tuple[str, int], int]
) -> list[VerifiedShare]:
    names = {field.name for field in model._meta.concrete_fields}
    site = "site__code" if "site" in names else "participant__site__code"
    rows = model._default_manager.filter(trial=trial)
    rows = rows.filter(voided_at=None) if "voided_at" in names else rows
    counts = {code: [0, 0, 0] for code in sorted(codes)}
    for code, pk, version in rows.values_list(site, "pk", "version"):
        if code in counts:
            seen = marked.get((subject, pk))
            counts[code][0] += 1
            counts[code][1] += seen == version
            counts[code][2] += seen is not None and seen < version
    return [VerifiedShare(code, subject, *numbers) for code, numbers in counts.items()]
