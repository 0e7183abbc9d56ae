"""Temperatures of the readings, from which fever is proposed as an event."""

from collections.abc import Iterable
from datetime import datetime

from events.queries.measured_values import MeasuredValue, ValueSource, register_values
from haemodynamics.models import HaemodynamicReading
from partial_dates import zone_of
from trials.choices import TimePrecision
from trials.models import Participant

CELSIUS = "°C"


def temperatures(participant: Participant) -> Iterable[MeasuredValue]:
    """The standing readings with a temperature, at the minute, or at the day where only that is known (one query)."""
    rows = HaemodynamicReading.objects.filter(participant=participant, voided_at=None)
    for row in rows.exclude(temperature_c=None):
        assert row.temperature_c is not None
        local = row.taken_at.astimezone(zone_of(participant.site.timezone))
        is_day = row.taken_precision == TimePrecision.DAY
        yield MeasuredValue(
            key=f"reading {row.pk}",
            test="Temperature",
            value=row.temperature_c,
            unit=CELSIUS,
            at=row.taken_at,
            written=f"{local:%Y-%m-%d}" if is_day else f"{local:%Y-%m-%dT%H:%M}",
        )


def participants_with_new_readings(since: datetime) -> Iterable[int]:
    """The participants with readings that were recorded or changed since then (one query)."""
    rows = HaemodynamicReading.objects.filter(changed_at__gte=since).exclude(temperature_c=None)
    return set(rows.values_list("participant_id", flat=True))


register_values(ValueSource(temperatures, participants_with_new_readings))
