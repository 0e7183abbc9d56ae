"""The strips of an infusion's hours: readings, thresholds of the protocol, pumps in the unit of their thresholds."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from haemodynamics.admin.after_infusion import ALWAYS_DRAWN, DRAWN, STATE_OF_FINDING, VARIABLES, plain
from haemodynamics.admin.vital_sign_charts import CriterionMark, Picture, StripSeries, draw
from haemodynamics.choices import FindingState, RateUnit, Vasopressor
from haemodynamics.models import HaemodynamicFinding, HaemodynamicReading, VasopressorRate
from haemodynamics.queries import MonitoredInfusion
from haemodynamics.rules import CheckState, Measured, rate_of, weights_of
from haemodynamics.rules.rows import line_of
from trials.rules.protocol import Criterion, CriterionPart, HaemodynamicPlan
from webkit.refusals import localised


def picture_of(
    monitored: MonitoredInfusion,
    readings: Sequence[HaemodynamicReading],
    findings: Sequence[HaemodynamicFinding],
) -> Picture | None:
    """The strips of this infusion, from its start to the end of the protocol's window; none without a start."""
    infusion, plan, at = monitored.infusion, monitored.case.plan, monitored.at
    start = infusion.started_at
    if start is None:
        return None
    minutes = [(reading.taken_at - start).total_seconds() / 60 for reading in readings]
    window = monitored.window
    span = (
        float(plan.window_hours) * 60 if window is None else (window.closes_at - start).total_seconds() / 60
    )
    until = infusion.ended_at or min(at, start + timedelta(minutes=span))
    flags = [
        CriterionMark((finding.first_hit_at - start).total_seconds() / 60, _words(finding, plan))
        for finding in findings
        if finding.state != FindingState.WITHDRAWN
    ]
    missed = [
        (check.due_at - start).total_seconds() / 60
        for check in monitored.checks
        if check.state is CheckState.MISSED
    ]
    weights = weights_of(infusion.participant.weight_kg, plan)
    series = [*_measured(plan, readings, minutes), *_pumps(plan, readings, minutes, weights)]
    return draw(
        [one.with_gaps(missed) for one in series],
        flags,
        infusion_minutes=(until - start).total_seconds() / 60,
        window_minutes=span,
    )


def _words(finding: HaemodynamicFinding, plan: HaemodynamicPlan) -> str:
    label = next(
        (_(criterion.label) for criterion in plan.criteria if criterion.id == finding.criterion),
        finding.criterion,
    )
    return f"{label}: {STATE_OF_FINDING[FindingState(finding.state)][1]}"


def _measured(
    plan: HaemodynamicPlan, readings: Sequence[HaemodynamicReading], minutes: Sequence[float]
) -> list[StripSeries]:
    """One strip per variable; a reading without the variable is a gap."""
    drawn = []
    for name, label, unit in VARIABLES:
        limits = _limits(plan, name)
        if name not in DRAWN and not limits:
            continue
        pairs = tuple(
            (minute, None if (value := getattr(reading, name)) is None else float(value))
            for minute, reading in zip(minutes, readings, strict=True)
        )
        if name in ALWAYS_DRAWN or any(value is not None for _, value in pairs):
            drawn.append(StripSeries(str(label), unit, pairs, _lines(limits, pairs)))
    return drawn


def _limits(plan: HaemodynamicPlan, name: str) -> list[CriterionPart]:
    return [part for criterion in plan.criteria for part in criterion.parts if part.variable == name]


def _lines(
    parts: Sequence[CriterionPart], pairs: Sequence[tuple[float, float | None]]
) -> tuple[tuple[float, str], ...]:
    """The threshold lines of the criteria on a variable.

    A threshold relative to the baseline needs a baseline.
    """
    before = [value for minute, value in pairs if minute < 0 and value is not None]
    found = (_line(part, before[-1] if before else None) for part in parts)
    return tuple(dict.fromkeys(line for line in found if line is not None))


def _line(part: CriterionPart, baseline: float | None) -> tuple[float, str] | None:
    value, shown = float(part.value), plain(part.value)
    how, _sep, measure = part.semantics.partition("_")
    if measure not in ("of", "percent"):
        return value, _("threshold %(value)s") % {"value": shown}
    if baseline is None:
        return None
    size = value if measure == "of" else baseline * value / 100
    unit = " %" if measure == "percent" else ""
    if how == "decrease":
        return baseline - size, _("baseline − %(value)s") % {"value": shown + unit}
    return baseline + size, _("baseline + %(value)s") % {"value": shown + unit}


def _pumps(
    plan: HaemodynamicPlan,
    readings: Sequence[HaemodynamicReading],
    minutes: Sequence[float],
    weights: Sequence[Decimal],
) -> list[StripSeries]:
    agents = {pump.agent for reading in readings for pump in reading.vasopressors.all()}
    return [_pump(plan, agent, readings, minutes, weights) for agent in Vasopressor if agent in agents]


def _pump(
    plan: HaemodynamicPlan,
    agent: Vasopressor,
    readings: Sequence[HaemodynamicReading],
    minutes: Sequence[float],
    weights: Sequence[Decimal],
) -> StripSeries:
    """The rate of one agent in the unit of its threshold, as base.

    Vasopressors that were not recorded are a gap. A recorded rate that cannot be converted to this unit is a mark with
    text.
    """
    criterion = next((c for c in plan.criteria if c.kind == "vasopressor_rate" and c.agent == agent), None)
    unit = criterion.unit if criterion and criterion.unit else _first_unit(agent, readings)
    pairs, marks = [], []
    for minute, reading in zip(minutes, readings, strict=True):
        measured = _rate(reading, agent, unit, weights)
        value = None if measured is None else measured.value
        pairs.append((minute, None if value is None else float(value)))
        if measured is not None and value is None:
            marks.append((minute, _mark(reading, agent, measured)))
    return StripSeries(
        str(agent.label),
        str(RateUnit(unit).label),
        tuple(pairs),
        _threshold(criterion),
        is_steps=True,
        marks=tuple(marks),
    )


def _first_unit(agent: Vasopressor, readings: Sequence[HaemodynamicReading]) -> str:
    return next(
        pump.unit for reading in readings for pump in reading.vasopressors.all() if pump.agent == agent
    )


def _rate(
    reading: HaemodynamicReading, agent: Vasopressor, unit: str, weights: Sequence[Decimal]
) -> Measured | None:
    """The possible rates, from the rules; None where vasopressors were not recorded."""
    lines = tuple(line_of(pump) for pump in reading.vasopressors.all())
    if not lines and not reading.vasopressors_checked:
        return None
    return rate_of(lines, agent=agent.value, to_unit=unit, weights=weights)


def _mark(reading: HaemodynamicReading, agent: Vasopressor, measured: Measured) -> str:
    pump = next(pump for pump in reading.vasopressors.all() if pump.agent == agent)
    charted = f"{plain(pump.rate)} {pump.get_unit_display()}"
    return f"{charted}: {'; '.join(localised(reason, VasopressorRate) for reason in measured.reasons)}"


def _threshold(criterion: Criterion | None) -> tuple[tuple[float, str], ...]:
    if criterion is None or criterion.value is None:
        return ()
    return ((float(criterion.value), _("threshold %(value)s") % {"value": plain(criterion.value)}),)
