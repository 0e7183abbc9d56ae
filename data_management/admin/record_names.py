"""The names of records in words, also for models without a translatable name."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Field, Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

KINDS: Mapping[str, tuple[Promise, Promise]] = {
    "dsmb.LetterDocument": (_("letter document"), _("letter documents")),
    "dsmb.SponsorAnswer": (_("answer of the sponsor"), _("answers of the sponsor")),
    "reports.ReportView": (_("opening of a report"), _("openings of reports")),
}
COLUMNS: Mapping[str, Promise] = {
    "enrolment_recorded_at": _("enrolment recorded at"),
    "content_sha256": _("SHA-256 of the content"),
    "drift_sha256": _("SHA-256 of the content"),
    "proposal_sha256": _("SHA-256 of the content"),
    "folder_sha256": _("SHA-256 of the folder"),
    "digest": _("digest of the token"),
    "membership": _("role that the token carries"),
    "recorded_by_id": _("recorded by"),
    "trial": _("trial"),
}


def kind_in_words(model: type[Model], count: int = 1) -> str:
    """`infusion`, or for another count `infusions`."""
    one, many = KINDS.get(model._meta.label, (model._meta.verbose_name, model._meta.verbose_name_plural))
    return str(one if count == 1 else many)


def column_in_words(field: Field[Any, Any]) -> str:
    """The name of a column on a page, with a capital."""
    return capfirst(str(COLUMNS.get(field.name, field.verbose_name)))
