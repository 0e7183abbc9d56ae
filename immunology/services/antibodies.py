"""Antibody results from the laboratory: a sealed write, all or nothing, added and never edited.

The laboratory runs the whole panel on every serum of every participant and sees neither arm nor batch; it sees its own
uploads. The system judges the results, against every donor alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.services import cleared, require
from audit.services import attributed, first_version, mark_void
from immunology.models import AntibodyResult, Specimen
from immunology.rules.moments import judge_moments
from immunology.services.inserting import insert_rows
from immunology.services.judging import judge_as_system
from trials.models import Trial
from webkit.refusals import raise_refusals

Result = Mapping[str, Any]

REPORTED = frozenset(
    {
        "specificity",
        "hla_class",
        "mfi",
        "mfi_limit",
        "run_code",
        "vendor",
        "kit",
        "lot",
        "conjugate",
        "dilution",
        "treatment",
        "positive_control_mfi",
        "negative_control_mfi",
        "bead_count",
        "is_rejected",
        "tested_at",
    }
)
"""The laboratory's report of one specificity; `hla_class` follows from the specificity when left out."""


def record_antibody_results(
    *, specimen: Specimen, results: Sequence[Result], by: User, at: datetime, reason: str
) -> int:
    """Record the panel of one specimen (fields by name, see `REPORTED`); returns how many results were new."""
    named = [{**result, "specimen": specimen.code} for result in results]
    return record_antibody_panels(trial=specimen.trial, results=named, by=by, at=at, reason=reason)


def record_antibody_panels(
    *, trial: Trial, results: Sequence[Result], by: User, at: datetime, reason: str
) -> int:
    """Record the panels of many specimens of a trial; each result names its `specimen` by code.

    Returns how many were new.

    A result that the account recorded already with the same values is skipped; another MFI, a rejection or any other
    answer for the same specimen, specificity and run is refused (void the result first). Results of other accounts are
    neither compared nor quoted, because that would reveal another laboratory's results. With one bad row nothing is
    written: ValidationError lists every bad row with its number (from 1). Afterwards every participant concerned is
    judged, in the system's name.
    """
    require(by=by, action=Action.RECORD_ANTIBODIES, trial_code=trial.code)
    with (
        attributed(by=by, reason=reason, at=at),
        cleared(ground=ClearanceGround.LABORATORY, by=by, trial_id=trial.pk, purpose="record results", at=at),
    ):
        specimens = _specimens(trial, results)
        rows = _checked(results, specimens, by, at)
        insert_rows(AntibodyResult, rows)
        judge_as_system(trial=trial, participant_ids={row.participant_id for row in rows}, at=at)
    return len(rows)


def void_antibody_result(*, trial: Trial, result_id: int, by: User, at: datetime, reason: str) -> None:
    """Void a result that the account recorded; the participant is judged again."""
    require(by=by, action=Action.RECORD_ANTIBODIES, trial_code=trial.code)
    with (
        attributed(by=by, reason=reason, at=at),
        cleared(ground=ClearanceGround.LABORATORY, by=by, trial_id=trial.pk, purpose="void a result", at=at),
    ):
        own = AntibodyResult.objects.filter(trial=trial, recorded_by_id=by.pk).select_for_update()
        row = own.filter(pk=result_id).first()
        if row is None:
            raise ValidationError({"result": _("Result: not one that you have recorded.")})
        mark_void(row, reason=reason, at=at)
        row.save()
        judge_as_system(trial=trial, participant_ids={row.participant_id}, at=at)


def _specimens(trial: Trial, results: Iterable[Result]) -> Mapping[str, Specimen]:
    """The specimens by code that are not void, locked in order so that two uploads of one serum wait for each other."""
    codes = {result.get("specimen", "") for result in results}
    found = Specimen.objects.filter(trial=trial, code__in=codes, voided_at=None)
    return {row.code: row for row in found.select_for_update().order_by("pk")}


def _checked(
    results: Sequence[Result], specimens: Mapping[str, Specimen], by: User, at: datetime
) -> list[AntibodyResult]:
    known = _known(specimens.values(), by)
    rows: list[AntibodyResult] = []
    problems: list[ValidationError] = []
    sound = SoundValues()
    for number, result in enumerate(results, start=1):
        try:
            row = _row(result, specimens, by, at, sound)
            earlier = known.setdefault(_key(row), row)
            if earlier is row:
                rows.append(row)
            else:
                _refuse_other_values(earlier, row, result)
        except ValidationError as error:
            problems += _located(error, number, result)
    if problems:
        raise ValidationError(problems)
    return rows


def _known(specimens: Iterable[Specimen], by: User) -> dict[tuple[int, str, str], AntibodyResult]:
    """The account's results for these specimens that are not void."""
    own = AntibodyResult.objects.filter(recorded_by_id=by.pk, voided_at=None)
    rows = own.filter(specimen__in=[s.pk for s in specimens])
    return {_key(row): row for row in rows}


def _key(row: AntibodyResult) -> tuple[int, str, str]:
    return row.specimen_id, row.specificity, row.run_code


class SoundValues:
    """Values of columns that were found sound in this upload: a panel of 100 beads repeats all but a few of them."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, type, Any]] = set()
        self._columns = [
            field
            for field in AntibodyResult._meta.fields
            if field.attname not in ("trial_id", "participant_id", "specimen_id")
        ]

    def check(self, row: AntibodyResult) -> None:
        """As `clean_fields`, with each value of a column looked at once. Raises ValidationError by column."""
        values = row.__dict__
        fresh = [
            field.name
            for field in self._columns
            if (field.name, type(values.get(field.attname)), values.get(field.attname)) not in self._seen
        ]
        if not fresh:
            return
        left_out = {field.name for field in AntibodyResult._meta.fields} - set(fresh)
        row.clean_fields(exclude=left_out)
        self._seen.update(
            (field.name, type(row.__dict__.get(field.attname)), row.__dict__.get(field.attname))
            for field in self._columns
            if field.name in fresh
        )


def _row(
    result: Result, specimens: Mapping[str, Specimen], by: User, at: datetime, sound: SoundValues
) -> AntibodyResult:
    unknown = sorted(set(result) - REPORTED - {"specimen"})
    if unknown:
        sentence = _("%(field)s: not a field that the laboratory reports.")
        raise ValidationError({name: sentence % {"field": name} for name in unknown})
    specimen = specimens.get(result.get("specimen", ""))
    if specimen is None:
        raise ValidationError({"specimen": _("Specimen: no standing specimen of this trial has this code.")})
    fields = {name: value for name, value in result.items() if name != "specimen"}
    row = AntibodyResult(
        trial_id=specimen.trial_id,
        participant_id=specimen.participant_id,
        specimen=specimen,
        recorded_by_id=by.pk,
        **fields,
    )
    _judge(row, at, sound)
    return row


def _judge(row: AntibodyResult, at: datetime, sound: SoundValues) -> None:
    row.clean()
    sound.check(row)
    if row.mfi is not None and row.mfi < 0:
        raise ValidationError({"mfi": _("MFI: a raw value is not below 0.")})
    if row.dilution < 1:
        raise ValidationError({"dilution": _("Dilution: 1 is neat; a dilution is above it.")})
    raise_refusals(judge_moments({"tested_at": row.tested_at}, now=at), AntibodyResult)
    first_version(row, at=at)


def _refuse_other_values(earlier: AntibodyResult, row: AntibodyResult, result: Result) -> None:
    """Refuse every difference from the recorded result.

    A later rejection of a bead would otherwise be skipped.
    """
    sentence = _("%(field)s: %(new)s, but %(old)s is recorded for this specimen, specificity and run.")
    for name in sorted(set(result) - {"specimen"}):
        new, old = getattr(row, name), getattr(earlier, name)
        if new != old:
            label = str(getattr(AntibodyResult._meta.get_field(name), "verbose_name", name))
            params = {"field": capfirst(label), "new": new, "old": old}
            raise ValidationError({name: ValidationError(sentence, params=params)})


def _located(error: ValidationError, number: int, result: Result) -> Iterable[ValidationError]:
    """The messages of one row, each with the row's number, specimen and specificity."""
    for message in error.messages:
        yield ValidationError(
            _("Row %(number)s (%(specimen)s, %(specificity)s): %(message)s"),
            params={
                "number": number,
                "specimen": result.get("specimen", "–"),
                "specificity": result.get("specificity", "–"),
                "message": message,
            },
        )
