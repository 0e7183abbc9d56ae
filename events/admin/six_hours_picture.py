"""What the strips of the six hours show: readings, thresholds of the protocol, pumps in the unit of their threshold."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from events.admin.six_hours import ALWAYS_DRAWN, DRAWN, STATE_OF_FINDING, VARIABLES, plain
from events.admin.strips import Flag, Picture, Series, draw
from events.choices import FindingState, RateUnit, Vasopressor
from events.models import HaemodynamicFinding, HaemodynamicReading
from events.rules.haemodynamics import VasopressorRate, convert_rate
from trials.models import Infusion
from trials.rules.protocol import Criterion, HaemodynamicPlan


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
        (before[-1] + float(part.value), _("baseline + %(value)s") % {"value": plain(part.value)})
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
    return Series(
        str(agent.label), str(RateUnit(unit).label), tuple(pairs), _threshold(criterion), is_steps=True
    )


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
    return ((float(criterion.value), _("threshold %(value)s") % {"value": plain(criterion.value)}),)
