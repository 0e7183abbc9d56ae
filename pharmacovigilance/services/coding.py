"""Loading MedDRA, choosing a trial's version, and coding.

Every decision is a row with reason, person and time.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.choices import standing_reason
from audit.services import attributed, first_version
from pharmacovigilance.choices import CodedBy, CodedSubject
from pharmacovigilance.meddra.release import MeddraRelease, folded_words
from pharmacovigilance.models import MeddraPath, MeddraPin, MeddraTerm, MeddraVersion, TermCoding
from pharmacovigilance.queries.coding import (
    FIELD_OF,
    MODEL_OF,
    coding_line_of,
    coding_lines,
    codings_in_use,
    exact_terms,
    pinned_version,
    recoding_report,
    words_of,
)
from pharmacovigilance.services.steps import check_reason
from trials.models import Trial

SAME_WORDS = standing_reason("The words are those of one term.")
SAME_MEANING = standing_reason("The term means the same in the new version.")
ROWS_AT_ONCE = 5000


@transaction.atomic
def load_meddra_version(*, release: MeddraRelease, at: datetime) -> MeddraVersion:
    """Store a release that was read and checked. The same files again change nothing.

    Raises ValidationError when other files of this version and language are loaded already.
    """
    known = MeddraVersion.objects.filter(number=release.version, language=_language(release)).first()
    if known is not None:
        if known.files_sha256 == release.sha256:
            return known
        message = _("Version: %(version)s is loaded already, with other content; nothing was changed.")
        raise ValidationError(message % {"version": known})
    version = MeddraVersion(
        number=release.version, language=_language(release), files_sha256=release.sha256, loaded_at=at
    )
    version.full_clean()
    version.save(force_insert=True)
    MeddraTerm.objects.bulk_create(_terms(version, release), batch_size=ROWS_AT_ONCE)
    MeddraPath.objects.bulk_create(_paths(version, release), batch_size=ROWS_AT_ONCE)
    return version


def _language(release: MeddraRelease) -> str:
    return "".join(filter(str.isalpha, release.language)) or "English"


def _terms(version: MeddraVersion, release: MeddraRelease) -> Iterable[MeddraTerm]:
    return (
        MeddraTerm(
            version=version,
            code=term.code,
            name=term.name,
            folded=folded_words(term.name),
            pt_code=term.pt_code,
            is_current=term.is_current,
        )
        for term in release.terms
    )


def _paths(version: MeddraVersion, release: MeddraRelease) -> Iterable[MeddraPath]:
    return (MeddraPath(version=version, **vars(path)) for path in release.paths)


@transaction.atomic
def pin_meddra(*, trial: Trial, version: MeddraVersion, by: User, at: datetime, reason: str) -> int:
    """From now on the trial codes in this version.

    Codes with the same meaning are carried over; returns how many.

    The others need a coder: the re-coding report lists them. Raises ValidationError: no reason, this version already.
    """
    check_reason(reason)
    require(by=by, action=Action.MANAGE_RSI, trial_code=trial.code)
    Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
    before = pinned_version(trial.pk)
    if before is not None and before.pk == version.pk:
        raise ValidationError(
            {"version": _("Version: the trial codes in %(version)s already.") % {"version": version}}
        )
    row = MeddraPin(trial=trial, meddra=version, pinned_by=by, pinned_at=at, reason=reason)
    first_version(row, at=at)
    row.full_clean(exclude=("trial", "meddra", "pinned_by"))
    with attributed(by=by, reason=reason, at=at):
        row.save(force_insert=True)
    return 0 if before is None else _carry_over(trial, before, version, by, at)


def _carry_over(trial: Trial, old: MeddraVersion, new: MeddraVersion, by: User, at: datetime) -> int:
    changed = {need.code for need in recoding_report(trial, old=old, new=new)}
    same = [row for row in codings_in_use(trial, old) if row.llt_code not in changed]
    for row in same:
        record = getattr(row, FIELD_OF[CodedSubject(row.subject)])
        values = {
            "words": row.words,
            "llt_code": row.llt_code,
            "how": CodedBy.CARRIED,
            "reason": SAME_MEANING,
        }
        _keep(trial, row.subject, record, new, by=by, at=at, **values)
    return len(same)


@transaction.atomic
def code_term(
    *,
    trial: Trial,
    subject: str,
    record_id: int,
    llt_code: str,
    seen_words: str,
    by: User,
    at: datetime,
    reason: str,
) -> TermCoding:
    """A coder's decision about one record. An empty code revokes the last decision.

    `seen_words` are those that the coder read. Raises ValidationError: no record, changed words, no version chosen, no
    term of it, a term that is not current.
    """
    check_reason(reason)
    record = record_to_code(trial, subject, record_id)
    require(by=by, action=Action.MANAGE_CASES, trial_code=trial.code, site_code=record.participant.site.code)
    version = pinned_version(trial.pk)
    if version is None:
        raise ValidationError(_("MedDRA: the trial has chosen no version; choose one first."))
    words = words_of(subject, record)
    if words != seen_words:
        message = _("Words: the record says “%(words)s” by now; read it again.")
        raise ValidationError({"seen_words": message % {"words": words}})
    line = coding_line_of(subject, record, version=version)
    if line.is_coded and line.coding is not None and line.coding.llt_code == llt_code:
        raise ValidationError({"llt_code": _("Code: the record has this code already.")})
    values = {"words": words, "llt_code": llt_code, "how": CodedBy.CODER, "reason": reason}
    return _keep(trial, subject, record, version, by=by, at=at, **values)


def record_to_code(trial: Trial, subject: str, record_id: int) -> Any:
    """The record, locked. Raises ValidationError when the trial has none of this id."""
    model = MODEL_OF.get(subject)  # type: ignore[call-overload]
    rows = model.objects.filter(trial=trial, pk=record_id, voided_at=None) if model else None
    row = (
        rows.select_for_update(of=("self",)).select_related("participant__site").first()
        if rows is not None
        else None
    )
    if row is None:
        raise ValidationError(
            {"record": _("Record: %(value)s is nothing that this trial codes.") % {"value": record_id}}
        )
    return row


def _keep(
    trial: Trial, subject: str, record: Any, version: MeddraVersion, *, by: User, at: datetime, **values: Any
) -> TermCoding:
    row = TermCoding(
        trial=trial,
        participant_id=record.participant_id,
        subject=subject,
        meddra=version,
        coded_by=by,
        coded_at=at,
        **{FIELD_OF[CodedSubject(subject)]: record},
        **values,
    )
    first_version(row, at=at)
    row.full_clean(exclude=("trial", "participant", "event", "medication", "history", "meddra", "coded_by"))
    with attributed(by=by, reason=values["reason"], at=at):
        row.save(force_insert=True)
    return row


@transaction.atomic
def code_exact_words(*, trial: Trial, by: User, at: datetime) -> int:
    """Code every uncoded record with the words of exactly one current term; returns how many.

    A record whose code was revoked stays uncoded until its words change.
    """
    require(by=by, action=Action.MANAGE_CASES, trial_code=trial.code)
    Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
    version = pinned_version(trial.pk)
    if version is None:
        raise ValidationError(_("MedDRA: the trial has chosen no version; choose one first."))
    lines = [
        line
        for line in coding_lines(trial, version=version, sites=None)
        if not line.is_coded
        and not (line.coding and not line.coding.llt_code and line.coding.words == line.words)
    ]
    terms = exact_terms(version, (line.words for line in lines))
    found = [(line, term) for line in lines if (term := terms.get(folded_words(line.words)))]
    for line, term in found:
        values = {"words": line.words, "llt_code": term.code, "how": CodedBy.EXACT, "reason": SAME_WORDS}
        _keep(trial, line.subject, line.record, version, by=by, at=at, **values)
    return len(found)
