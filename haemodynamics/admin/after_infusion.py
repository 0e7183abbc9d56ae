"""The page of the hours after an infusion: readings, checks and criteria."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from haemodynamics.choices import FindingState, RateUnit
from haemodynamics.models import HaemodynamicReading, VasopressorRate
from haemodynamics.queries import MonitoredInfusion
from haemodynamics.rules import Check, CheckState, Status
from haemodynamics.wording import reasons_in_words
from trials.choices import Salt
from trials.models import Infusion
from trials.rules.protocol import Anchor
from webkit.admin.display import clock, duration, moment, number

ALWAYS_DRAWN = ("heart_rate_bpm", "map_mmhg", "spo2_percent")
DRAWN = (*ALWAYS_DRAWN, "fio2_fraction", "peep_cmh2o")
"""The contents of the picture besides the pumps; everything else is in the table."""
VARIABLES: tuple[tuple[str, Any, str], ...] = (
    ("heart_rate_bpm", _lazy("Heart rate"), "/min"),
    ("sbp_mmhg", _lazy("Systolic"), "mmHg"),
    ("dbp_mmhg", _lazy("Diastolic"), "mmHg"),
    ("map_mmhg", _lazy("Mean pressure"), "mmHg"),
    ("spo2_percent", _lazy("SpO₂"), "%"),
    ("respiratory_rate_min", _lazy("Breaths"), "/min"),
    ("temperature_c", _lazy("Temperature"), "°C"),
    ("fio2_fraction", _lazy("FiO₂"), ""),
    ("peep_cmh2o", _lazy("PEEP"), "cmH₂O"),
)
STATE_OF_CHECK = {
    CheckState.DONE: ("done", _lazy("Done")),
    CheckState.EARLY: ("done", _lazy("Done early")),
    CheckState.LATE: ("done", _lazy("Done late")),
    CheckState.MISSED: ("overdue", _lazy("Missed")),
    CheckState.DUE: ("soon", _lazy("Due now")),
    CheckState.UPCOMING: ("due", _lazy("To come")),
}
STATE_OF_FINDING = {
    FindingState.CANDIDATE: ("soon", _lazy("To be assessed")),
    FindingState.CONFIRMED: ("overdue", _lazy("Confirmed")),
    FindingState.REFUTED: ("done", _lazy("Refuted")),
    FindingState.WITHDRAWN: ("unknown", _lazy("Withdrawn")),
}


STATE_OF_CRITERION = {
    Status.HIT: ("overdue", _lazy("Met")),
    Status.NOT_MET: ("done", _lazy("Not met")),
    Status.NOT_EVALUABLE: ("unknown", _lazy("Not evaluable")),
}


@dataclass(frozen=True)
class ReadingRow:
    """One reading in the table: its time, minutes from the start, values in the order of `VARIABLES`, pumps in words."""

    pk: int
    at: datetime
    after: str
    values: tuple[str, ...]
    pumps: str
    support: str
    signs: str


def readings_around(infusion: Infusion, monitored: MonitoredInfusion | None) -> list[HaemodynamicReading]:
    """The readings of the hours that the protocol watches, and the baseline readings before them, in order."""
    if monitored is None or (hours := monitored.watched) is None:
        return []
    baselines = [baseline.at for result in monitored.results for baseline in result.baseline]
    opens = min([hours.opens_at, *baselines])
    if infusion.started_at is not None:
        opens = min(opens, infusion.started_at)
    rows = HaemodynamicReading.objects.standing().filter(
        participant=infusion.participant, taken_at__range=(opens, hours.closes_at)
    )
    return list(rows.prefetch_related("vasopressors").order_by("taken_at", "pk"))


def doubts_about(
    reading: HaemodynamicReading, infusion: Infusion, monitored: MonitoredInfusion | None
) -> list[str]:
    """Doubts about the time of a reading: another reading of that minute, or a time outside this infusion's hours."""
    found = []
    standing = HaemodynamicReading.objects.standing().filter(participant=infusion.participant)
    if standing.filter(taken_at=reading.taken_at).exclude(pk=reading.pk).exists():
        found.append(
            _(
                "There are now two checks of %(time)s. If one is a slip, open it below the picture and void it."
            )
            % {"time": moment(reading.taken_at)}
        )
    begun, hours = infusion.started_at, monitored.watched if monitored else None
    if begun and hours and not hours.holds(reading.taken_at):
        found.append(
            _(
                "%(time)s is not in the hours of infusion %(number)d, which started %(started)s. Is the date right?"
            )
            % {
                "time": moment(reading.taken_at),
                "number": infusion.number,
                "started": moment(begun),
            }
        )
    return found


def checks_of(monitored: MonitoredInfusion) -> list[dict[str, Any]]:
    """The planned checks and their states."""
    return [_check(check, monitored.case.plan.anchor) for check in monitored.checks]


def criteria_of(monitored: MonitoredInfusion) -> list[dict[str, Any]]:
    """Every criterion of the protocol: met, not met, or not evaluable with the reason."""
    return [
        {
            "label": _(result.label),
            "code": STATE_OF_CRITERION[result.status][0],
            "word": STATE_OF_CRITERION[result.status][1],
            "reason": reasons_in_words(result),
            "is_undecided": result.is_undecided,
        }
        for result in monitored.results
    ]


def _check(check: Check, anchor: Anchor) -> dict[str, Any]:
    code, word = STATE_OF_CHECK[check.state]
    away = timedelta(minutes=abs(check.minutes))
    zero = _("start") if anchor == "infusion_start" else _("end")
    planned = zero if check.minutes == 0 else f"{'+' if check.minutes > 0 else '−'}{duration(away)}"
    return {
        "code": code,
        "word": word,
        "due": clock(check.due_at),
        "planned": planned,
        "minutes": check.minutes,
        "is_open": code in ("overdue", "soon"),
    }


def table_of(infusion: Infusion, readings: Sequence[HaemodynamicReading]) -> list[ReadingRow]:
    """The table with the same content as the picture."""
    return [
        ReadingRow(
            pk=reading.pk,
            at=reading.taken_at,
            after=_signed(reading.taken_at - infusion.started_at) if infusion.started_at else "",
            values=tuple(plain(getattr(reading, name)) for name, _label, _unit in VARIABLES),
            pumps=pumps_of(reading),
            support=str(reading.get_respiratory_support_display() or "–"),
            signs=signs_in_words(reading),
        )
        for reading in readings
    ]


def _signed(span: timedelta) -> str:
    return ("−" if span < timedelta(0) else "+") + duration(span)


def plain(value: Any) -> str:
    if value is None:
        return "–"
    return number(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def pumps_of(reading: HaemodynamicReading) -> str:
    """The vasopressors of a reading in words. "None running" and "not recorded" are different."""
    lines = [
        f"{pump.get_agent_display()} {plain(pump.rate)} {pump.get_unit_display()}{_salt_of(pump)}"
        for pump in reading.vasopressors.all()
    ]
    if lines:
        return ", ".join(lines)
    return _("none running") if reading.vasopressors_checked else _("not recorded")


def _salt_of(pump: VasopressorRate) -> str:
    """The salt of the rate, where it changes the rate: the tartrate, or not known.

    Zero is zero of every salt.
    """
    if pump.rate == 0 or pump.salt == Salt.BASE or pump.unit in (RateUnit.U_MIN, RateUnit.U_H):
        return ""
    salt = _("tartrate") if pump.salt == Salt.TARTRATE else _("salt not known")
    return f" ({salt})"


def signs_in_words(reading: HaemodynamicReading) -> str:
    """The signs answered yes, in words; "nothing happened" only where all were answered no."""
    names = ("new_ventricular_arrhythmia", "cardioversion", "cardiac_arrest", "transfusion_type_reaction")
    fields = {field.name: field for field in HaemodynamicReading._meta.fields}
    seen = [str(fields[name].verbose_name) for name in names if getattr(reading, name)]
    if seen:
        return ", ".join(seen)
    answers = {getattr(reading, name) for name in names}
    return _("nothing") if answers == {False} else _("not recorded") if answers == {None} else "–"
