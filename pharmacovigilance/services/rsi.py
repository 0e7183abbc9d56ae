"""Reference safety information: loaded from a file, all or nothing; in force once it is signed."""

import hashlib
import tomllib
from datetime import datetime
from typing import NoReturn

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action, SignatureMeaning
from accounts.models import User
from accounts.services import require, sign_record, signatures_of
from audit.choices import standing_reason
from audit.services import attributed, first_version
from partial_dates.refusals import RefusalError
from pharmacovigilance.models import RsiTerm, RsiVersion, SafetyCase
from pharmacovigilance.rules.files import RsiFile, read_rsi
from pharmacovigilance.services.owing import keep_owed
from trials.models import Trial
from webkit.refusals import validation_error

LOADED = standing_reason("Reference safety information was loaded.")
LARGEST_FILE = 4_000_000
"""Bytes. 20,000 terms are some 2 MB (own choice)."""


@transaction.atomic
def load_rsi(*, content: bytes, by: User, at: datetime) -> RsiVersion:
    """Load one version from its file (TOML).

    Raises ValidationError with element, value and rule; then nothing is stored.
    """
    facts = _read(content)
    trial = _trial_of(facts.trial)
    require(by=by, action=Action.MANAGE_RSI, trial_code=trial.code)
    Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
    newest = RsiVersion.objects.filter(trial=trial).order_by("-effective_date").first()
    if newest is not None and facts.effective_date <= newest.effective_date:
        rule = _("later than version %(label)s, in force from %(day)s")
        rule %= {"label": newest.label, "day": newest.effective_date.isoformat()}
        _refuse("effective", facts.effective_date.isoformat(), rule)
    row = RsiVersion(trial=trial, label=facts.label, effective_date=facts.effective_date, source=facts.source)
    row.file_sha256 = hashlib.sha256(content).hexdigest()
    first_version(row, at=at)
    row.full_clean(exclude=("trial",))
    with attributed(by=by, reason=LOADED, at=at):
        row.save(force_insert=True)
        for one in facts.terms:
            _keep_term(row, one.dictionary, one.code, one.term, one.worst_grade, at)
    return row


def _read(content: bytes) -> RsiFile:
    if len(content) > LARGEST_FILE:
        _refuse("file", f"{len(content)} bytes", _("at most %(most)d bytes") % {"most": LARGEST_FILE})
    try:
        return read_rsi(tomllib.loads(content.decode("utf-8")))
    except UnicodeDecodeError as error:
        _refuse("file", f"byte {error.start}", _("text in UTF-8"))
    except tomllib.TOMLDecodeError as error:
        _refuse("file", str(error)[:60], _("a TOML file"))
    except RefusalError as error:
        raise validation_error(error.refusals, RsiVersion) from error


def _trial_of(code: str) -> Trial:
    trial = Trial.objects.filter(code=code).first()
    if trial is None:
        _refuse("trial", code, _("the code of a trial that is loaded here"))
    return trial


def _refuse(element: str, value: str, rule: str) -> NoReturn:
    message = _("%(element)s: “%(value)s” is refused; the rule: %(rule)s.")
    raise ValidationError(message % {"element": element, "value": value, "rule": rule})


def _keep_term(row: RsiVersion, dictionary: str, code: str, term: str, grade: int, at: datetime) -> None:
    kept = RsiTerm(trial_id=row.trial_id, version_of=row, dictionary=dictionary, code=code, term=term)
    kept.worst_grade = grade
    first_version(kept, at=at)
    kept.full_clean(exclude=("trial", "version_of"))
    kept.save(force_insert=True)


@transaction.atomic
def sign_rsi(*, version: RsiVersion, by: User, at: datetime) -> RsiVersion:
    """Put a loaded version in force. The door checks the password.

    Raises ValidationError when signed already.

    The obligations of the open cases are computed again; existing ones stay.
    """
    row = RsiVersion.objects.select_related("trial").get(pk=version.pk)
    require(by=by, action=Action.MANAGE_RSI, trial_code=row.trial.code)
    Trial.objects.select_for_update(no_key=True).get(pk=row.trial_id)
    if signatures_of(row):
        raise ValidationError(_("Signature: this version is signed and in force already."))
    sign_record(
        record=row,
        version=row.version,
        content=content_of_rsi(row),
        meaning=SignatureMeaning.APPROVAL,
        trial_id=row.trial_id,
        zone=row.trial.timezone,
        by=by,
        at=at,
    )
    for case in SafetyCase.objects.open().filter(trial=row.trial_id).with_relations():
        keep_owed(case, at=at)
    return row


def content_of_rsi(row: RsiVersion) -> dict[str, object]:
    """The displayed and signed content of a version."""
    terms = row.terms.order_by("pk").values_list("dictionary", "code", "term", "worst_grade")
    return {
        "label": row.label,
        "effective_date": row.effective_date.isoformat(),
        "source": row.source,
        "file_sha256": row.file_sha256,
        "terms": [list(term) for term in terms],
    }
