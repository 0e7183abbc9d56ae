"""The six hours after an infusion: what the page shows of readings, checks, criteria and findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.admin.display import clock, duration, moment, number
from events.choices import FindingState
from events.models import HaemodynamicReading
from events.rules.haemodynamics import Check, CheckState, judge_checks
from trials.models import Infusion
from trials.rules.protocol import HaemodynamicPlan

BEFORE, AFTER = timedelta(hours=2), timedelta(hours=26)
"""Readings shown around the start: the baseline before it, and the check after 24 h, should it be late."""
ALWAYS_DRAWN = ("heart_rate_bpm", "map_mmhg", "spo2_percent")
DRAWN = (*ALWAYS_DRAWN, "fio2_fraction", "peep_cmh2o")
"""What the picture shows beside the pumps; everything else stands in the table."""
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


@dataclass(frozen=True)
class Row:
    """One reading in the table: its time, minutes from the start, values in the order of `VARIABLES`, pumps in words."""

    pk: int
    at: datetime
    after: str
    values: tuple[str, ...]
    pumps: str
    support: str
    happenings: str


def readings_around(infusion: Infusion) -> list[HaemodynamicReading]:
    """The readings of the participant from before the start to the end of the late window, in order."""
    if infusion.started_at is None:
        return []
    rows = HaemodynamicReading.objects.standing().filter(
        participant=infusion.participant,
        taken_at__range=(infusion.started_at - BEFORE, infusion.started_at + AFTER),
    )
    return list(rows.prefetch_related("vasopressors").order_by("taken_at"))


def doubts_about(reading: HaemodynamicReading, infusion: Infusion) -> list[str]:
    """What a second look at the time would find: another reading of that minute, or none of this infusion's hours."""
    found = []
    standing = HaemodynamicReading.objects.standing().filter(participant=infusion.participant)
    if standing.filter(taken_at=reading.taken_at).exclude(pk=reading.pk).exists():
        found.append(
            _(
                "There are now two checks of %(time)s. If one is a slip, open it below the picture and void it."
            )
            % {"time": moment(reading.taken_at)}
        )
    begun = infusion.started_at
    if begun and not begun - BEFORE <= reading.taken_at <= begun + AFTER:
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


def checks_of(
    infusion: Infusion, plan: HaemodynamicPlan, readings: Sequence[HaemodynamicReading], at: datetime
) -> list[dict[str, Any]]:
    """The planned checks and how each stands."""
    anchor = infusion.started_at if plan.anchor == "infusion_start" else infusion.ended_at
    if anchor is None:
        return []
    judged = judge_checks(plan, anchor=anchor, taken=[reading.taken_at for reading in readings], at=at)
    return [_check(check) for check in judged]


def _check(check: Check) -> dict[str, Any]:
    code, word = STATE_OF_CHECK[check.state]
    away = timedelta(minutes=abs(check.minutes))
    planned = _("start") if check.minutes == 0 else f"{'+' if check.minutes > 0 else '−'}{duration(away)}"
    return {
        "code": code,
        "word": word,
        "due": clock(check.due_at),
        "planned": planned,
        "minutes": check.minutes,
        "is_open": code in ("overdue", "soon"),
    }


def table_of(infusion: Infusion, readings: Sequence[HaemodynamicReading]) -> list[Row]:
    """The table twin of the picture."""
    return [
        Row(
            pk=reading.pk,
            at=reading.taken_at,
            after=_signed(reading.taken_at - infusion.started_at) if infusion.started_at else "",
            values=tuple(plain(getattr(reading, name)) for name, _label, _unit in VARIABLES),
            pumps=pumps_of(reading),
            support=str(reading.get_respiratory_support_display() or "–"),
            happenings=happenings_of(reading),
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
    """The vasopressors of a reading in words; none running is not the same as not looked at."""
    lines = [
        f"{pump.get_agent_display()} {plain(pump.rate)} {pump.get_unit_display()}"
        for pump in reading.vasopressors.all()
    ]
    if lines:
        return ", ".join(lines)
    return _("none running") if reading.vasopressors_checked else _("not recorded")


def happenings_of(reading: HaemodynamicReading) -> str:
    """What was ticked as new, in words."""
    names = ("new_ventricular_arrhythmia", "cardioversion", "cardiac_arrest", "transfusion_type_reaction")
    fields = {field.name: field for field in HaemodynamicReading._meta.fields}
    seen = [str(fields[name].verbose_name) for name in names if getattr(reading, name)]
    return ", ".join(seen)
