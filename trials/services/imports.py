"""Bulk writes for imports: sites, participants, infusions, remarks.

The importing app has checked every value. Each function here makes the rows of one kind equal to the source, in one
transaction, in the importer's name. Nothing is deleted: rows that the source no longer has are reported as absent.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Max

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, mark_void
from trials.choices import Source
from trials.models import Infusion, Participant, Site, SourceRemark, Trial
from trials.services.synchronising import Fields, Synchronised, synchronise
from trials.signals import participant_enrolled


@contextmanager
def importing(*, trial: Trial, by: User, at: datetime, reason: str) -> Iterator[None]:
    """A block of imports in one transaction: authorised, attributed, the trial's row locked. Blocks nest."""
    require(by=by, action=Action.IMPORT_DATA, trial_code=trial.code)
    with attributed(by=by, reason=reason, at=at):
        # Users who enter a record of the trial during the import refer to this row, and must not wait for the whole
        # import.
        Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
        yield


def import_sites(
    *, trial: Trial, wanted: Mapping[str, Fields], by: User, at: datetime, reason: str
) -> Synchronised:
    """Open the sites of `wanted` (by code) that the trial does not have; existing sites are left unchanged."""
    with importing(trial=trial, by=by, at=at, reason=reason):
        known = set(Site.objects.filter(trial=trial).values_list("code", flat=True))
        missing = {code: {**fields, "trial": trial} for code, fields in wanted.items() if code not in known}
        return synchronise(Site, standing={}, wanted=missing, at=at)


def import_participants(
    *, trial: Trial, wanted: Mapping[str, Fields], by: User, at: datetime, reason: str
) -> Synchronised:
    """Participants by code. Those with `enrolled_at` get the next enrolment numbers, by moment, then code.

    A number once given stays, whatever date a later import has. When a participant is newly enrolled,
    `participant_enrolled` is sent once for the trial: due looks are found from the rows.
    """
    with importing(trial=trial, by=by, at=at, reason=reason):
        rows = {row.code: row for row in Participant.objects.filter(trial=trial)}
        numbers = _next_enrolment_numbers(trial, rows, wanted)
        numbered = {
            code: _with_number(fields, rows.get(code), numbers.get(code), at)
            for code, fields in wanted.items()
        }
        standing = {code: row for code, row in rows.items() if code in wanted or row.source == Source.IMPORT}
        done = synchronise(
            Participant, standing=standing, wanted=numbered, only_new=_made_by_import(trial), at=at
        )
        if numbers:
            participant_enrolled.send(sender=Participant, trial_id=trial.pk)
        return done


def import_infusions(
    *, trial: Trial, wanted: Mapping[tuple[int, int], Fields], by: User, at: datetime, reason: str
) -> Synchronised:
    """Infusions by (participant id, infusion number)."""
    with importing(trial=trial, by=by, at=at, reason=reason):
        rows = Infusion.objects.filter(trial=trial).standing()
        standing = {(row.participant_id, row.number): row for row in rows}
        return synchronise(Infusion, standing=standing, wanted=wanted, only_new=_made_by_import(trial), at=at)


def import_remarks(
    *, trial: Trial, wanted: Collection[tuple[str, str, str, str]], by: User, at: datetime, reason: str
) -> Synchronised:
    """Remarks on the files by (kind, participant, record, sentence). Those that no longer apply are voided."""
    with importing(trial=trial, by=by, at=at, reason=reason):
        rows = SourceRemark.objects.filter(trial=trial, voided_at=None)
        standing = {(row.code, row.participant_code, row.record, row.message): row for row in rows}
        gone = [row for key, row in standing.items() if key not in wanted]
        for row in gone:
            mark_void(row, reason=reason, at=at)
            row.save()
        names = ("code", "participant_code", "record", "message")
        fields = {key: dict(zip(names, key, strict=True)) for key in wanted}
        done = synchronise(SourceRemark, standing=standing, wanted=fields, only_new=_of(trial), at=at)
        return replace(done, changed=tuple(gone), absent=())


def _of(trial: Trial) -> Callable[[Any], Fields]:
    return lambda _key: {"trial": trial}


def _made_by_import(trial: Trial) -> Callable[[Any], Fields]:
    return lambda _key: {"trial": trial, "source": Source.IMPORT}


def _next_enrolment_numbers(
    trial: Trial, rows: Mapping[str, Participant], wanted: Mapping[str, Fields]
) -> Mapping[str, int]:
    """Numbers for the participants of `wanted` that are enrolled and have none yet."""
    waiting = [
        (fields["enrolled_at"], code)
        for code, fields in wanted.items()
        if fields["enrolled_at"] is not None and (code not in rows or rows[code].enrolment_number is None)
    ]
    highest = (
        Participant.objects.filter(trial=trial).aggregate(highest=Max("enrolment_number"))["highest"] or 0
    )
    return {code: number for number, (_, code) in enumerate(sorted(waiting), start=highest + 1)}


def _with_number(fields: Fields, row: Participant | None, number: int | None, at: datetime) -> Fields:
    if number is not None:
        return {**fields, "enrolment_number": number, "enrolment_recorded_at": at}
    if row is None or row.enrolment_number is None:
        return {**fields, "enrolment_number": None, "enrolment_recorded_at": None}
    return fields
