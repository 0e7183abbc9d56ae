"""Imports a file of the HLA laboratory: all of it or nothing.

Its sera become antibody results by the one write path.

The bytes are stored with their SHA-256. The same file of the same laboratory again changes nothing. Another value for
the same serum, run, bead, conjugate and dilution refuses the whole file; the conflicts listed are those with the
laboratory's own earlier files, because another laboratory's values are confidential. Sera outside the trial's manifest
are in quarantine.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.services import cleared, require
from audit.services import attributed, first_version, next_version
from immunology.models import AssayRun, LaboratoryFile, SerumInRun, Specimen
from immunology.rules.bead_results import (
    bead_rows,
    beads_from_rows,
    quality_rows,
    result_run_code,
    results_of,
    treatment_of,
)
from immunology.rules.files.parts import (
    Bead,
    BeadRole,
    FileRefusal,
    Handling,
    Kit,
    ReadFile,
    SerumRun,
    Vendor,
)
from immunology.rules.files.rule_texts import RuleText
from immunology.rules.quality import Limits, Quality, RunStatus, judge_all, limits_of
from immunology.services.antibodies import record_antibody_panels
from immunology.services.laboratories import require_laboratory
from trials.models import ProtocolVersion, Trial

SERA_AT_ONCE = 192
"""Two plates: what is in memory at once while results are recorded and judged."""
SHOWN = 20
"""The number of listed conflicts; the others are counted."""


@dataclass(frozen=True)
class Upload:
    """An upload: the file as read, its bytes, and its lot file."""

    read: ReadFile
    data: bytes
    laboratory: str
    lot_file: tuple[str, bytes] | None = None


@dataclass(frozen=True)
class LaboratoryImport:
    """The result of an import: new sera, quarantined sera, failed sera, and whether the file was known."""

    was_known: bool
    new_sera: int
    quarantined: tuple[str, ...]
    failed: tuple[str, ...]
    qualities: Mapping[str, str]


@dataclass(frozen=True)
class _Plan:
    """The rows that a file would write."""

    specimens: Mapping[str, Specimen]
    new: Sequence[tuple[SerumRun, Quality]]
    all: Sequence[tuple[SerumRun, Quality]]
    limits: Limits


def rehearse_laboratory_file(*, trial: Trial, upload: Upload, by: User, at: datetime) -> LaboratoryImport:
    """The result that an import of the file would have. Writes nothing.

    Raises the same refusals as the import.
    """
    require(by=by, action=Action.RECORD_ANTIBODIES, trial_code=trial.code)
    require_laboratory(trial=trial, laboratory=upload.laboratory, by=by)
    with _opened(trial, by, at, "look at a laboratory file"):
        if _known_file(trial, upload) is not None:
            return _known(upload)
        return _outcome(_plan(trial, upload, at), was_known=False)


def import_laboratory_file(
    *, trial: Trial, upload: Upload, by: User, at: datetime, reason: str
) -> LaboratoryImport:
    """Import a file. Raises ValidationError with one sentence per error; then nothing is written."""
    require(by=by, action=Action.RECORD_ANTIBODIES, trial_code=trial.code)
    require_laboratory(trial=trial, laboratory=upload.laboratory, by=by)
    with attributed(by=by, reason=reason, at=at), _opened(trial, by, at, "import a laboratory file"):
        # Two concurrent uploads of one trial are checked one after the other.
        Trial.objects.select_for_update().get(pk=trial.pk)
        if _known_file(trial, upload) is not None:
            return _known(upload)
        plan = _plan(trial, upload, at)
        file = _store_file(trial, upload, by, at)
        sera = _store_sera(trial, file, plan, at)
        _record(trial, [serum for serum in sera if serum.counts], by=by, at=at, reason=reason)
    return _outcome(plan, was_known=False)


def match_quarantined_sera(*, trial: Trial, by: User, at: datetime, reason: str, laboratory: str) -> int:
    """Match the laboratory's sera in quarantine with the present manifest; returns how many were recorded."""
    require(by=by, action=Action.RECORD_ANTIBODIES, trial_code=trial.code)
    require_laboratory(trial=trial, laboratory=laboratory, by=by)
    with attributed(by=by, reason=reason, at=at), _opened(trial, by, at, "match sera in quarantine"):
        waiting = list(
            SerumInRun.objects.filter(trial=trial, laboratory=laboratory, specimen=None).select_for_update()
        )
        specimens = _manifest(trial, {serum.specimen_code for serum in waiting})
        found = [serum for serum in waiting if serum.specimen_code in specimens]
        for serum in found:
            serum.specimen = specimens[serum.specimen_code]
            _keep(serum, at)
        _record(trial, [serum for serum in found if serum.counts], by=by, at=at, reason=reason)
    return len(found)


def request_serum_excuse(
    *, trial: Trial, serum_id: int, laboratory: str, by: User, at: datetime, reason: str
) -> SerumInRun:
    """Request that a failed serum counts nevertheless. Another person has to confirm it."""
    require(by=by, action=Action.RECORD_ANTIBODIES, trial_code=trial.code)
    require_laboratory(trial=trial, laboratory=laboratory, by=by)
    with attributed(by=by, reason=reason, at=at), _opened(trial, by, at, "ask to excuse a serum"):
        serum = _failed_serum(trial, serum_id, laboratory)
        serum.excuse_reason, serum.excuse_asked_by_id, serum.excuse_asked_at = reason, by.pk, at
        _keep(serum, at)
    return serum


def excuse_serum(
    *, trial: Trial, serum_id: int, laboratory: str, by: User, at: datetime, reason: str
) -> SerumInRun:
    """Confirm, as the second person, that a failed serum counts; its results are recorded.

    The first one cannot.
    """
    require(by=by, action=Action.RECORD_ANTIBODIES, trial_code=trial.code)
    require_laboratory(trial=trial, laboratory=laboratory, by=by)
    with attributed(by=by, reason=reason, at=at), _opened(trial, by, at, "excuse a serum"):
        serum = _failed_serum(trial, serum_id, laboratory)
        if serum.excuse_asked_by_id is None:
            raise ValidationError({"excuse_reason": _("Excuse: nobody has asked for it with a reason.")})
        if serum.excuse_asked_by_id == by.pk:
            message = _("Excuse: another person than the one who asked confirms it.")
            raise ValidationError({"excused_by_id": message})
        serum.excused_by_id, serum.excused_at = by.pk, at
        _keep(serum, at)
        if serum.counts:
            _record(trial, [serum], by=by, at=at, reason=reason)
    return serum


def _opened(trial: Trial, by: User, at: datetime, purpose: str) -> Any:
    return cleared(ground=ClearanceGround.LABORATORY, by=by, trial_id=trial.pk, purpose=purpose, at=at)


def _known_file(trial: Trial, upload: Upload) -> LaboratoryFile | None:
    """The same bytes, with the same lot file, of the same laboratory."""
    found: LaboratoryFile | None = LaboratoryFile.objects.filter(
        trial=trial,
        laboratory=upload.laboratory,
        sha256=upload.read.sha256,
        lot_file_sha256=_lot_sha256(upload),
    ).first()
    return found


def _lot_sha256(upload: Upload) -> str:
    return hashlib.sha256(upload.lot_file[1]).hexdigest() if upload.lot_file else ""


def _known(upload: Upload) -> LaboratoryImport:
    return LaboratoryImport(True, 0, (), (), {serum.specimen: "" for serum in upload.read.sera})


def _plan(trial: Trial, upload: Upload, at: datetime) -> _Plan:
    read = upload.read
    if read.refused:
        raise ValidationError([refusal_in_words(refusal) for refusal in read.refused])
    if read.asks:
        asked = ", ".join(read.asks)
        message = _("%(file)s: only you can say %(asks)s; the file does not prove it.")
        raise ValidationError(message % {"file": read.file, "asks": asked})
    antibodies = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=at.date()).antibodies
    if antibodies is None:
        raise ValidationError(_("Trial: its protocol plans no antibodies."))
    codes = {serum.specimen for serum in read.sera}
    specimens = _manifest(trial, codes)
    _refuse_foreign(trial, read, codes - specimens.keys())
    limits = limits_of(antibodies, read.limits)
    judged = list(zip(read.sera, judge_all(read.sera, limits), strict=True))
    known = _own_earlier(trial, upload.laboratory, codes)
    _refuse_conflicts(read, known)
    new = [(serum, quality) for serum, quality in judged if _key(serum) not in known]
    return _Plan(specimens, new, judged, limits)


def refusal_in_words(refusal: FileRefusal) -> str:
    """A refusal of a file in the reader's language."""
    place, named, rule = refusal.file, refusal.field, refusal.rule
    if refusal.line:
        place = gettext("%(file)s, line %(line)s") % {"file": refusal.file, "line": refusal.line}
    if refusal.value:
        named = gettext("%(field)s “%(value)s”") % {"field": refusal.field, "value": refusal.value}
    if isinstance(rule, RuleText):
        rule = gettext(rule.template) % rule.params if rule.params else gettext(rule.template)
    return f"{place}, {named}: {rule}."


def _manifest(trial: Trial, codes: Iterable[str]) -> dict[str, Specimen]:
    rows = Specimen.objects.filter(trial=trial, code__in=set(codes), voided_at=None)
    return {row.code: row for row in rows.order_by("pk")}


def _refuse_foreign(trial: Trial, read: ReadFile, codes: set[str]) -> None:
    """A tube of another trial's manifest is refused: the file belongs elsewhere, and quarantine would not help."""
    foreign = Specimen.objects.filter(code__in=codes, voided_at=None).exclude(trial=trial)
    found = set(foreign.values_list("code", flat=True))
    if not found:
        return
    sentence = _("%(file)s, line %(line)s, serum “%(code)s”: it is in the manifest of another trial.")
    raise ValidationError(
        [
            sentence % {"file": read.file, "line": _line_of(serum), "code": serum.specimen}
            for serum in read.sera
            if serum.specimen in found
        ]
    )


def _line_of(serum: SerumRun) -> int:
    return serum.beads[0].line if serum.beads else 0


Key = tuple[str, str, str, str, str]
"""Number on the tube, run, class, conjugate, dilution."""


def _key(serum: SerumRun) -> Key:
    handling = serum.handling
    return (
        serum.specimen,
        serum.run,
        serum.kit.hla_class,
        handling.conjugate,
        f"{handling.dilution.normalize():f}",
    )


def _own_earlier(trial: Trial, laboratory: str, codes: set[str]) -> dict[Key, SerumInRun]:
    """The sera of the laboratory's own earlier files."""
    rows = SerumInRun.objects.filter(trial=trial, laboratory=laboratory, specimen_code__in=codes)
    return {
        (
            row.specimen_code,
            row.run.run_code,
            row.run.hla_class,
            row.conjugate,
            f"{row.dilution.normalize():f}",
        ): row
        for row in rows.select_related("run__file").defer("run__file__content", "run__file__lot_content")
    }


def _refuse_conflicts(read: ReadFile, known: Mapping[Key, SerumInRun]) -> None:
    """Refuse another value for the same bead of the asker's own laboratory; another one's values are not looked at."""
    found = [
        _conflict(read, serum, bead, old)
        for serum in read.sera
        if _key(serum) in known
        for bead, old in _differing(serum, known[_key(serum)])
    ]
    if found:
        rest = [_("… and %(count)s more.") % {"count": len(found) - SHOWN}] if len(found) > SHOWN else []
        raise ValidationError([*found[:SHOWN], *rest])


def _differing(serum: SerumRun, earlier: SerumInRun) -> Iterable[tuple[Bead, Bead | None]]:
    """The beads with another value than the one recorded earlier, each with that one."""
    values = {bead.bead_id or bead.target_raw: bead for bead in beads_from_rows(earlier.beads)}
    for bead in serum.beads:
        old = values.get(bead.bead_id or bead.target_raw)
        if old is None or old.mfi_raw != bead.mfi_raw:
            yield bead, old


def _conflict(read: ReadFile, serum: SerumRun, bead: Bead, old: Bead | None) -> str:
    sentence = _(
        "%(file)s, line %(line)s, bead “%(bead)s” of serum %(code)s in run %(run)s: %(new)s, but your laboratory "
        "recorded %(old)s."
    )
    return sentence % {
        "file": read.file,
        "line": bead.line,
        "bead": bead.bead_id or bead.target_raw,
        "code": serum.specimen,
        "run": serum.run,
        "new": "–" if bead.mfi_raw is None else bead.mfi_raw,
        "old": "–" if old is None or old.mfi_raw is None else old.mfi_raw,
    }


def _outcome(plan: _Plan, *, was_known: bool) -> LaboratoryImport:
    return LaboratoryImport(
        was_known=was_known,
        new_sera=len(plan.new),
        quarantined=tuple(sorted({s.specimen for s, _ in plan.all} - plan.specimens.keys())),
        failed=tuple(sorted({s.specimen for s, quality in plan.all if quality.status is RunStatus.FAILED})),
        qualities={serum.specimen: str(quality.status) for serum, quality in plan.all},
    )


def _store_file(trial: Trial, upload: Upload, by: User, at: datetime) -> LaboratoryFile:
    row = LaboratoryFile(
        trial=trial,
        laboratory=upload.laboratory,
        file_name=upload.read.file[:200],
        file_format=upload.read.format,
        sha256=upload.read.sha256,
        content=upload.data,
        lot_file_name=upload.lot_file[0][:200] if upload.lot_file else "",
        lot_file_sha256=_lot_sha256(upload),
        lot_content=upload.lot_file[1] if upload.lot_file else None,
        uploaded_by_id=by.pk,
        uploaded_at=at,
    )
    first_version(row, at=at)
    row.full_clean()
    row.save()
    return row


def _store_sera(trial: Trial, file: LaboratoryFile, plan: _Plan, at: datetime) -> list[SerumInRun]:
    runs: dict[tuple[str, Kit], AssayRun] = {}
    rows = []
    for serum, quality in plan.new:
        key = (serum.run, serum.kit)
        if key not in runs:
            runs[key] = _store_run(trial, file, serum, plan.limits, at)
        rows.append(_serum_row(trial, file, runs[key], serum, quality, plan.specimens.get(serum.specimen)))
        first_version(rows[-1], at=at)
        rows[-1].clean_fields(exclude=("trial", "run", "specimen"))
    stored: list[SerumInRun] = SerumInRun.objects.bulk_create(rows, batch_size=500)
    return stored


def _store_run(trial: Trial, file: LaboratoryFile, serum: SerumRun, limits: Limits, at: datetime) -> AssayRun:
    row = AssayRun(
        trial=trial,
        file=file,
        run_code=serum.run,
        run_date=serum.run_date,
        vendor=serum.kit.vendor,
        kit=serum.kit.catalog,
        lot=serum.kit.lot,
        hla_class=serum.kit.hla_class,
        instrument=serum.instrument,
        software=f"{serum.software} {serum.software_version}".strip()[:80],
        quality_rules=limits.rules.version,
        limits={name: str(value) for name, value in asdict(limits).items() if name != "rules"},
    )
    first_version(row, at=at)
    row.full_clean()
    row.save()
    return row


def _serum_row(
    trial: Trial,
    file: LaboratoryFile,
    run: AssayRun,
    serum: SerumRun,
    quality: Quality,
    specimen: Specimen | None,
) -> SerumInRun:
    return SerumInRun(
        trial=trial,
        run=run,
        specimen_code=serum.specimen,
        specimen=specimen,
        laboratory=file.laboratory,
        well=serum.well,
        conjugate=serum.handling.conjugate,
        dilution=serum.handling.dilution,
        treatment=serum.handling.treatment,
        positive_control_mfi=serum.control(BeadRole.POSITIVE),
        negative_control_mfi=serum.control(BeadRole.NEGATIVE),
        beads=bead_rows(serum.beads),
        quality=str(quality.status),
        quality_findings=quality_rows(quality),
    )


def _failed_serum(trial: Trial, serum_id: int, laboratory: str) -> SerumInRun:
    rows = SerumInRun.objects.filter(trial=trial, laboratory=laboratory).select_for_update()
    serum: SerumInRun | None = rows.filter(pk=serum_id).first()
    if serum is None:
        raise ValidationError({"serum": _("Serum: not one that your laboratory has uploaded.")})
    if serum.quality != RunStatus.FAILED or serum.excused_at is not None:
        raise ValidationError({"serum": _("Serum: only a failed one that is not excused can be.")})
    return serum


def _keep(serum: SerumInRun, at: datetime) -> None:
    next_version(serum, at=at)
    serum.full_clean()
    serum.save()


def _record(trial: Trial, sera: Sequence[SerumInRun], *, by: User, at: datetime, reason: str) -> None:
    """The beads of sera as antibody results, by the service that records them for every door, some sera at a time."""
    for first in range(0, len(sera), SERA_AT_ONCE):
        some = sera[first : first + SERA_AT_ONCE]
        results = [result for serum in some for result in _results(trial, serum)]
        if results:
            record_antibody_panels(trial=trial, results=results, by=by, at=at, reason=reason)


def _results(trial: Trial, serum: SerumInRun) -> Iterable[dict[str, Any]]:
    run = serum.run
    beads = beads_from_rows(serum.beads)
    handling = Handling(serum.conjugate, serum.dilution, serum.treatment)
    kit = Kit(Vendor(run.vendor), run.kit, run.lot, run.hla_class)
    as_run = SerumRun(serum.specimen_code, run.run_code, run.run_date, kit, beads, handling)
    shared = {
        "specimen": serum.specimen_code,
        "run_code": result_run_code(as_run),
        "vendor": run.vendor,
        "kit": run.kit,
        "lot": run.lot,
        "conjugate": serum.conjugate,
        "dilution": serum.dilution,
        "treatment": treatment_of(handling),
        "tested_at": _tested_at(trial, run, serum),
    }
    # The controls were judged here, by the lot's limits where it has some. An excused serum, and one that the lot's
    # limits pass, must not fail a second time by the protocol's.
    excused = serum.excused_at is not None or str(run.limits.get("source", "")).startswith("lot")
    if not excused:
        shared["positive_control_mfi"] = serum.positive_control_mfi
        shared["negative_control_mfi"] = serum.negative_control_mfi
    failed = _failed_beads(serum, beads)
    for result in results_of(beads, failed):
        if excused:
            del result["bead_count"]
        yield shared | result


def _failed_beads(serum: SerumInRun, beads: Iterable[Bead]) -> frozenset[str]:
    count_fail = int(serum.run.limits["count_fail"])
    return frozenset(
        bead.bead_id
        for bead in beads
        if bead.mfi_raw is None or (bead.count is not None and bead.count < count_fail)
    )


def _tested_at(trial: Trial, run: AssayRun, serum: SerumInRun) -> datetime | None:
    if run.run_date is None:
        return None
    midnight = datetime.combine(run.run_date, datetime.min.time(), tzinfo=ZoneInfo(trial.timezone))
    return min(midnight, serum.recorded_at) if midnight.date() == serum.recorded_at.date() else midnight
