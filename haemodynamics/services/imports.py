"""Bulk writes for imports: haemodynamic readings and the vasopressors running at them."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from events.services.imports import Key, _made_by_import
from haemodynamics.models import HaemodynamicReading, VasopressorRate
from trials.models import Trial
from trials.services.imports import importing
from trials.services.synchronising import Fields, Synchronised, synchronise


def import_readings(
    *, trial: Trial, wanted: Mapping[Key, Fields], by: User, at: datetime, reason: str
) -> Synchronised:
    """Haemodynamic readings by participant and source key."""
    with importing(trial=trial, by=by, at=at, reason=reason):
        rows = HaemodynamicReading.objects.filter(trial=trial).standing().exclude(source_key="")
        standing = {(row.participant_id, row.source_key): row for row in rows}
        return synchronise(
            HaemodynamicReading,
            standing=standing,
            wanted=wanted,
            only_new=lambda key: _made_by_import(trial, key),
            at=at,
        )


def import_vasopressor_rates(
    *, trial: Trial, wanted: Mapping[tuple[Key, str], Fields], by: User, at: datetime, reason: str
) -> Synchronised:
    """The pumps at imported readings, by (key of the reading, agent)."""
    with importing(trial=trial, by=by, at=at, reason=reason):
        readings = HaemodynamicReading.objects.filter(trial=trial).standing().exclude(source_key="")
        ids = {
            (participant, key): pk
            for pk, participant, key in readings.values_list("pk", "participant_id", "source_key")
        }
        rows = VasopressorRate.objects.filter(trial=trial, reading_id__in=ids.values())
        standing = {(row.reading_id, row.agent): row for row in rows}
        return synchronise(
            VasopressorRate,
            standing=standing,
            wanted={(ids[reading], agent): fields for (reading, agent), fields in wanted.items()},
            only_new=lambda key: {"trial": trial, "reading_id": key[0], "agent": key[1]},
            at=at,
        )
