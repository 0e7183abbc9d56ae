"""Importing a study: all or nothing, in one transaction, in the importer's name.

The same files twice change nothing.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, first_version
from events.queries.adverse_events import ctcae_terms
from interchange.models import ImportRun
from interchange.rules import BadRow, Dataset, Study, Vocabulary, read_study
from interchange.rules.missing import undeclared_missing
from interchange.rules.remarks import ImportRemark, unused_rows
from interchange.services import event_values, field_values
from interchange.services.conflicts import conflicts_of
from interchange.services.outcome import Counts, Imported, StudyRefusedError
from interchange.services.writing import StudyWriter, Written
from trials.models import Participant, Trial
from trials.rules.protocol import Protocol, parse_protocol
from trials.services import load_protocol

DOMAINS_OF = {
    "infusions or doses": ("ex",),
    "adverse events": ("ae",),
    "haemodynamic readings": ("vs", "cm"),
    "daily assessments": ("lb", "vs", "qs", "rs"),
    "specimens": ("is",),
}
"""The data sets that records of a kind come from."""


@dataclass(frozen=True)
class StudySource:
    """The source of a study: the folder's name, its data sets by lower-case name, and unreadable files."""

    folder_name: str
    datasets: Mapping[str, Dataset]
    bad_rows: tuple[BadRow, ...] = ()
    remarks: tuple[ImportRemark, ...] = ()


@transaction.atomic
def import_study(
    *, source: StudySource, protocol_content: Mapping[str, Any], by: User, at: datetime
) -> Imported:
    """Make the trial's rows equal to the files, loading the protocol version when it is new.

    Raises ProtocolError (the protocol), StudyRefusedError (every bad row), ValidationError (the version is loaded with
    other content) and PermissionDenied; then nothing is written.
    """
    protocol = parse_protocol(protocol_content)
    require(by=by, action=Action.IMPORT_DATA, trial_code=protocol.code)
    _wait_for_other_imports(protocol.code)
    study = read_study(source.datasets, protocol=protocol, vocabulary=vocabulary_of(protocol), at=at)
    bad_rows = source.bad_rows + study.bad_rows or conflicts_of(study, trial_code=protocol.code)
    if bad_rows:
        raise StudyRefusedError(undeclared_missing(bad_rows))
    study = replace(study, remarks=(*source.remarks, *study.remarks, *unused_rows(study.not_used)))
    digest = open_content_sha256(study, protocol)
    stamp: dict[str, Any] = {
        "by": by,
        "at": at,
        "reason": f"SDTM import {source.folder_name} sha256 {digest}",
    }
    trial = load_protocol(content=protocol_content, **stamp).trial
    written = StudyWriter(trial=trial, protocol=protocol, study=study, stamp=stamp).write()
    imported = _outcome(source, study, written, digest, trial)
    if imported.wrote:
        _record_run(trial, imported, **stamp)
    return imported


def _wait_for_other_imports(trial_code: str) -> None:
    """Take an advisory lock until the transaction ends, so that a trial has one import at a time.

    The trial may have no row to lock yet.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [import_lock(trial_code)])


def import_lock(trial_code: str) -> str:
    """The name of the database's advisory lock of a trial's import."""
    return f"interchange import {trial_code}"


def rehearse_study(
    *, source: StudySource, protocol_content: Mapping[str, Any], by: User, at: datetime
) -> Imported:
    """Do what `import_study` does, and roll it back. Raises the same errors."""
    with transaction.atomic():
        imported = import_study(source=source, protocol_content=protocol_content, by=by, at=at)
        transaction.set_rollback(True)
    return imported


def vocabulary_of(protocol: Protocol) -> Vocabulary | None:
    """The CTCAE version of the protocol; None when the study uses its own terms.

    Raises `ValidationError` when the terms of that version were never loaded.
    """
    version = protocol.dictionary.version
    if not protocol.dictionary.is_coded or version is None:
        return None
    terms = ctcae_terms(version=version)
    if not terms:
        message = _(
            "Dictionary: the terms of CTCAE v%(version)s are not loaded; run `manage.py migrate` first."
        )
        raise ValidationError({"dictionary": message % {"version": version}})
    return Vocabulary.of(version, terms)


def open_content_sha256(study: Study, protocol: Protocol) -> str:
    """SHA-256 (hex) of the open content of a study, so that the hash does not depend on the arms.

    It is computed from the stored values: the same study as CSV, XPT or Dataset-JSON has the same hash.
    """
    codes = {one.code: one.code for one in study.participants}
    sites = {one.site_code: one.site_code for one in study.participants}
    terms = {event.facts.term.code: event.facts.term.code for event in study.events if event.facts.term}
    infusions = {(one.participant, one.sequence): one.sequence for one in study.exposures}
    parts: tuple[Mapping[Any, Any], ...] = (
        field_values.participant_fields(study, protocol, sites),
        field_values.infusion_fields(study, codes),
        event_values.event_fields(study, codes, terms, infusions),
        event_values.reading_fields(study, codes),
        event_values.rate_fields(study, codes),
    )
    days = {
        (code, day.isoformat()): fields
        for (code, day), fields in event_values.assessment_fields(study, codes).items()
    }
    digest = hashlib.sha256()
    for part in (*parts, *([days] if days else [])):
        ordered = sorted((json.dumps(key), fields) for key, fields in part.items())
        digest.update(json.dumps(ordered, default=str, sort_keys=True).encode())
    return digest.hexdigest()


def _outcome(source: StudySource, study: Study, written: Written, digest: str, trial: Trial) -> Imported:
    return Imported(
        trial_code=trial.code,
        folder_name=source.folder_name,
        content_sha256=digest,
        counts={kind: Counts.of(done) for kind, done in written.rows.items()},
        new_sites=tuple(sorted(written.rows["sites"].created)),
        enrolment_sources=dict(Counter(one.variable for one in study.enrolments.values())),
        absent=_absent(source, written, trial),
        findings=study.findings,
        not_used=study.not_used,
        remarks=study.remarks,
        wrote=written.wrote_open,
    )


def _absent(source: StudySource, written: Written, trial: Trial) -> tuple[str, ...]:
    """Records of an earlier import that the files no longer have, in words; one line for a missing data set."""
    codes = dict(Participant.objects.filter(trial=trial).values_list("pk", "code"))
    gone = [f"participant {code}" for code in written.rows["participants"].absent]
    for kind, domains in DOMAINS_OF.items():
        absent = written.rows[kind].absent
        if absent and not any(domain in source.datasets for domain in domains):
            gone.append(f"{len(absent)} {kind}: the folder has no {' or '.join(domains).upper()}")
        else:
            gone += [f"{kind}: {_name(key, codes)}" for key in absent]
    return tuple(gone)


def _name(key: Any, codes: Mapping[int, str]) -> str:
    """The key of a record in words: participant and number, or the code of a specimen."""
    return key if isinstance(key, str) else f"{codes[key[0]]} {key[1]}"


def _record_run(trial: Trial, imported: Imported, *, by: User, at: datetime, reason: str) -> ImportRun:
    run = ImportRun(
        trial=trial,
        folder_name=imported.folder_name,
        folder_sha256=imported.content_sha256,
        summary=imported.as_json(),
        imported_at=at,
    )
    with attributed(by=by, reason=reason, at=at):
        first_version(run, at=at)
        run.full_clean()
        run.save()
    return run
