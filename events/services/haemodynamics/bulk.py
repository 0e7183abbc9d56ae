"""Many readings at once, from a monitor's or a ward system's export: all or nothing, in a few statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, first_version
from events.models import HaemodynamicReading, VasopressorRate
from events.models.haemodynamic_judging import limits_for
from events.rules.haemodynamics import VasopressorRate as RateValue
from events.services.haemodynamics.evaluation import evaluate_participants
from events.services.haemodynamics.readings import refuse_unknown
from trials.choices import Source
from trials.models import Participant, Trial
from trials.rules.protocol import Plausibility

BATCH_SIZE = 2000  # rows per statement: one statement is one pass of the audit trigger

Limits = Mapping[str, Plausibility]


@dataclass(frozen=True)
class ReadingRow:
    """One row of an export: the participant's code, the source's own key of the row, and what was read."""

    participant_code: str
    source_key: str
    values: Mapping[str, Any]
    vasopressors: tuple[RateValue, ...] = ()


@dataclass(frozen=True)
class ImportedReadings:
    """How many readings were new, how many were there already, and how many findings changed."""

    created: int
    known: int
    findings_changed: int


@dataclass
class _Batch:
    rows: list[HaemodynamicReading] = field(default_factory=list)
    known: int = 0
    problems: list[ValidationError] = field(default_factory=list)


def import_readings(
    *, trial: Trial, rows: Sequence[ReadingRow], by: User, at: datetime, reason: str
) -> ImportedReadings:
    """Record many readings of one trial, and evaluate the windows of everybody concerned once.

    A row whose key is recorded already for the participant is left alone. One bad row and nothing is written:
    ValidationError lists every bad row with its number (from 1), key and reason.
    """
    with attributed(by=by, reason=reason, at=at):
        people = _people(trial, rows, by)
        batch = _checked(rows, people, at)
        if batch.problems:
            raise ValidationError(batch.problems)
        _write(batch.rows, at)
        touched = {row.participant_id: row.participant for row in batch.rows}
        changed = evaluate_participants(participants=touched.values(), by=by, at=at, reason=reason)
    return ImportedReadings(len(batch.rows), batch.known, changed)


def _people(trial: Trial, rows: Sequence[ReadingRow], by: User) -> Mapping[str, Participant]:
    """The participants by code, locked in order; every site among them must be the importer's."""
    codes = {row.participant_code for row in rows}
    found = (
        Participant.objects.filter(trial=trial, code__in=codes)
        .select_related("trial", "site")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    people = {person.code: person for person in found}
    for site_code in sorted({person.site.code for person in people.values()}):
        require(by=by, action=Action.RECORD_READING, trial_code=trial.code, site_code=site_code)
    if not people:
        require(by=by, action=Action.RECORD_READING, trial_code=trial.code)
    return people


def _checked(rows: Sequence[ReadingRow], people: Mapping[str, Participant], at: datetime) -> _Batch:
    keys = HaemodynamicReading.objects.standing().filter(participant__in=people.values())
    seen = set(keys.exclude(source_key="").values_list("participant__code", "source_key"))
    batch = _Batch()
    limits = {code: limits_for(person) for code, person in people.items()}
    for number, row in enumerate(rows, start=1):
        key = (row.participant_code, row.source_key)
        if row.source_key and key in seen:
            batch.known += 1
            continue
        seen.add(key)
        try:
            batch.rows.append(_reading(row, people.get(row.participant_code), limits, at))
        except ValidationError as error:
            batch.problems += _located(error, number, row)
    return batch


def _reading(
    row: ReadingRow, person: Participant | None, limits: Mapping[str, Limits], at: datetime
) -> HaemodynamicReading:
    if person is None:
        raise ValidationError({"participant": _("Participant: not a code of this trial.")})
    refuse_unknown(row.values)
    reading = HaemodynamicReading(
        trial=person.trial,
        participant=person,
        source=Source.IMPORT,
        source_key=row.source_key,
        **row.values,
    )
    reading.lines, reading.judged_at, reading.limits = row.vasopressors, at, limits[person.code]
    if row.vasopressors:
        reading.vasopressors_checked = True
    reading.clean_fields(exclude=("trial", "participant"))
    reading.clean()
    first_version(reading, at=at)
    return reading


def _located(error: ValidationError, number: int, row: ReadingRow) -> Iterable[ValidationError]:
    """The messages of one row, each with the row's number and key."""
    for message in error.messages:
        yield ValidationError(
            _("Row %(number)s (%(participant)s, %(key)s): %(message)s"),
            params={
                "number": number,
                "participant": row.participant_code,
                "key": row.source_key or "–",
                "message": message,
            },
        )


def _write(rows: Sequence[HaemodynamicReading], at: datetime) -> None:
    HaemodynamicReading.objects.bulk_create(rows, batch_size=BATCH_SIZE)
    pumps = [_pump(row, line, at) for row in rows for line in row.lines or ()]
    VasopressorRate.objects.bulk_create(pumps, batch_size=BATCH_SIZE)


def _pump(row: HaemodynamicReading, line: RateValue, at: datetime) -> VasopressorRate:
    pump = VasopressorRate(
        trial_id=row.trial_id, reading=row, agent=line.agent, rate=line.rate, unit=line.unit, salt=line.salt
    )
    first_version(pump, at=at)
    return pump
