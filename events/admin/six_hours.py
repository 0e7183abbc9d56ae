"""The six hours after an infusion: what the page shows of readings, checks, criteria and findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.admin.display import clock, duration
from events.admin.strips import Flag, Picture, Series, draw
from events.choices import FindingState, RateUnit, Vasopressor
from events.models import HaemodynamicFinding, HaemodynamicReading
from events.rules.haemodynamics import Check, CheckState, VasopressorRate, convert_rate, judge_checks
from trials.models import Infusion
from trials.rules.protocol import Criterion, HaemodynamicPlan

BEFORE, AFTER = timedelta(hours=2), timedelta(hours=18)
"""Readings shown around the start: the baseline before it, and up to the late window's 24 h after it."""
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
            values=tuple(_value(getattr(reading, name)) for name, _label, _unit in VARIABLES),
            pumps=pumps_of(reading),
            support=str(reading.get_respiratory_support_display() or "–"),
            happenings=happenings_of(reading),
        )
        for reading in readings
    ]


def _signed(span: timedelta) -> str:
    return ("−" if span < timedelta(0) else "+") + duration(span)


def _value(value: Any) -> str:
    return "–" if value is None else f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def pumps_of(reading: HaemodynamicReading) -> str:
    """The vasopressors of a reading in words; none running is not the same as not looked at."""
    lines = [
        f"{pump.get_agent_display()} {_value(pump.rate)} {pump.get_unit_display()}"
        for pump in reading.vasopressors.all()
    ]
    if lines:
        return ", ".join(lines)
    return _("none running") if reading.vasopressors_checked else _("not recorded")


def happenings_of(reading: HaemodynamicReading) -> str:
    """What was ticked as new, in words."""
    names = ("new_ventricular_arrhythmia", "cardioversion", "cardiac_arrest", "transfusion_type_reaction")
    seen = [
        str(HaemodynamicReading._meta.get_field(name).verbose_name)
        for name in names
        if getattr(reading, name)
    ]  # type: ignore[union-attr]
    return ", ".join(seen)


def picture_of(
    infusion: Infusion,
    plan: HaemodynamicPlan,
    readings: Sequence[HaemodynamicReading],
    findings: Sequence[HaemodynamicFinding],
    at: datetime,
) -> Picture | None:
    """The strips of this infusion; nothing to draw before it started."""
    start = infusion.started_at
    if start is None:
        return None
    minutes = [(reading.taken_at - start).total_seconds() / 60 for reading in readings]
    window = float(plan.window_hours) * 60
    until = infusion.ended_at or min(at, start + timedelta(minutes=window))
    flags = [
        Flag((finding.first_hit_at - start).total_seconds() / 60, _words(finding, plan))
        for finding in findings
        if finding.state != FindingState.WITHDRAWN
    ]
    series = [*_measured(plan, readings, minutes), *_pumps(infusion, plan, readings, minutes)]
    return draw(series, flags, infusion_minutes=(until - start).total_seconds() / 60, window_minutes=window)


def _words(finding: HaemodynamicFinding, plan: HaemodynamicPlan) -> str:
    label = next(
        (_(criterion.label) for criterion in plan.criteria if criterion.id == finding.criterion),
        finding.criterion,
    )
    return f"{label}: {STATE_OF_FINDING[FindingState(finding.state)][1]}"


def _measured(
    plan: HaemodynamicPlan, readings: Sequence[HaemodynamicReading], minutes: Sequence[float]
) -> list[Series]:
    drawn = []
    for name, label, unit in VARIABLES:
        if name not in DRAWN:
            continue
        pairs = tuple(
            (m, float(v))
            for m, reading in zip(minutes, readings, strict=True)
            if (v := getattr(reading, name)) is not None
        )
        if pairs or name in ALWAYS_DRAWN:
            drawn.append(Series(str(label), unit, pairs, _risen(plan, name, pairs)))
    return drawn


def _risen(
    plan: HaemodynamicPlan, name: str, pairs: Sequence[tuple[float, float]]
) -> tuple[tuple[float, str], ...]:
    """The line that a rise from the baseline must reach, when there is a baseline."""
    before = [value for minute, value in pairs if minute < 0]
    parts = [
        part
        for criterion in plan.criteria
        for part in criterion.parts
        if part.variable == name and part.semantics == "increase_of"
    ]
    if not before or not parts:
        return ()
    return tuple(
        (before[-1] + float(part.value), _("baseline + %(value)s") % {"value": _value(part.value)})
        for part in parts
    )


def _pumps(
    infusion: Infusion,
    plan: HaemodynamicPlan,
    readings: Sequence[HaemodynamicReading],
    minutes: Sequence[float],
) -> list[Series]:
    agents = {pump.agent for reading in readings for pump in reading.vasopressors.all()}
    return [_pump(infusion, plan, agent, readings, minutes) for agent in Vasopressor if agent in agents]


def _pump(
    infusion: Infusion,
    plan: HaemodynamicPlan,
    agent: Vasopressor,
    readings: Sequence[HaemodynamicReading],
    minutes: Sequence[float],
) -> Series:
    """The rate of one agent in the unit of its threshold; a rate that cannot be converted is left out of the strip."""
    criterion = next((c for c in plan.criteria if c.kind == "vasopressor_rate" and c.agent == agent), None)
    unit = criterion.unit if criterion and criterion.unit else _first_unit(agent, readings)
    pairs = []
    for minute, reading in zip(minutes, readings, strict=True):
        if (rate := _rate(reading, agent, unit, infusion.participant.weight_kg)) is not None:
            pairs.append((minute, rate))
    return Series(str(agent.label), str(RateUnit(unit).label), tuple(pairs), _threshold(criterion), is_steps=True)


def _first_unit(agent: Vasopressor, readings: Sequence[HaemodynamicReading]) -> str:
    return next(
        pump.unit for reading in readings for pump in reading.vasopressors.all() if pump.agent == agent
    )


def _rate(
    reading: HaemodynamicReading, agent: Vasopressor, unit: str, weight_kg: Decimal | None
) -> float | None:
    pump = next((p for p in reading.vasopressors.all() if p.agent == agent), None)
    if pump is None:
        return 0.0 if reading.vasopressors_checked else None
    if pump.unit == unit:
        return float(pump.rate)
    measured = convert_rate(
        VasopressorRate(pump.agent, pump.rate, pump.unit, pump.salt), to_unit=unit, weight_kg=weight_kg
    )
    return None if measured.value is None else float(measured.value)


def _threshold(criterion: Criterion | None) -> tuple[tuple[float, str], ...]:
    if criterion is None or criterion.value is None:
        return ()
    return ((float(criterion.value), _("threshold %(value)s") % {"value": _value(criterion.value)}),)
