"""Flags beside a class: early sera, doubtful baselines, other causes, sealed thresholds."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from immunology.rules.calls import (
    Call,
    Serum,
    call_of,
    invalid_because,
    is_above_threshold,
    prozone_is_possible,
)
from immunology.rules.changes import are_comparable
from immunology.rules.codes import Code, Flag
from immunology.rules.sensitisers import PASSIVE_KINDS, SENSITISING_KINDS, all_answered
from immunology.rules.trajectories import Anchor, ClassDecision, SerumSeries, Sides, positives, worst_call
from trials.rules.protocol import AntibodyPlan


def series_flags(series: SerumSeries) -> Iterator[str]:
    """Flags that do not depend on the sera."""
    if series.is_virtual:
        yield Flag.VIRTUAL
    if series.is_self_antigen:
        yield Flag.SELF_ANTIGEN
    if series.is_surrogate:
        yield Flag.SURROGATE


def serum_flags(
    decision: ClassDecision, series: SerumSeries, anchor: Anchor, sides: Sides, plan: AntibodyPlan
) -> Iterator[str]:
    """Flags from the sera and from their class."""
    yield from _assay_flags(series, sides, plan)
    if any(is_above_threshold(serum, series.hla_class, plan) for serum in (*sides.before, *sides.after)):
        yield Flag.ABOVE_CDC
    yield from _baseline_flags(sides, plan)
    if decision.deciding and decision.deciding.earliest - anchor.latest < timedelta(days=plan.early_days):
        yield Flag.EARLY
    if decision.code is Code.PREFORMED_CLEARED and _negatives_at_the_end(sides, plan) == 1:
        yield Flag.SINGLE_NEGATIVE
    yield from _other_causes(series, sides, plan)


def _assay_flags(series: SerumSeries, sides: Sides, plan: AntibodyPlan) -> Iterator[str]:
    reasons = (invalid_because(serum, plan) for serum in series.sera)
    yield from sorted({f"INVALID:{reason}" for reason in reasons if reason})
    if any(serum.positive_control_mfi is None or serum.negative_control_mfi is None for serum in series.sera):
        yield Flag.CONTROLS_NOT_REPORTED
    if sides.before and not all(
        are_comparable(sides.before[-1].assay, serum.assay, plan) for serum in sides.after
    ):
        yield Flag.NOT_COMPARABLE


def _baseline_flags(sides: Sides, plan: AntibodyPlan) -> Iterator[str]:
    if not sides.before:
        return
    worst, reference = worst_call(sides.before, plan), sides.before[-1]
    if worst is Call.NEGATIVE and prozone_is_possible(reference.assay):
        yield Flag.BASELINE_PROZONE_NOT_EXCLUDED
    if worst is Call.POSITIVE and call_of(reference, plan) is not Call.POSITIVE:
        yield Flag.HISTORIC_ONLY


def _negatives_at_the_end(sides: Sides, plan: AntibodyPlan) -> int:
    """The number of negative sera at the end of the comparable sera."""
    comparable = [s for s in sides.after if are_comparable(sides.before[-1].assay, s.assay, plan)]
    count = 0
    for serum in reversed(comparable):
        if call_of(serum, plan) is not Call.NEGATIVE:
            break
        count += 1
    return count


def _other_causes(series: SerumSeries, sides: Sides, plan: AntibodyPlan) -> Iterator[str]:
    """Another cause between the baseline and the last positive serum after t0."""
    found = positives(sides.after, plan)
    if not found:
        return
    kinds = {
        cause.kind.upper()
        for cause in series.sensitisers
        if _not_before(cause.latest, sides) and cause.earliest <= found[-1].latest
    }
    if kinds & PASSIVE_KINDS:
        yield Flag.POSSIBLE_PASSIVE
    if kinds & SENSITISING_KINDS:
        yield Flag.OTHER_SENSITISER
    if series.answered_days is not None and not _is_recorded(series, sides, found[-1]):
        yield Flag.TRANSFUSIONS_NOT_RECORDED


def _is_recorded(series: SerumSeries, sides: Sides, last: Serum) -> bool:
    """Whether there is an answer about blood products for every day from the baseline to the last positive serum."""
    if not sides.before:
        return False
    days = series.answered_days or frozenset()
    return all_answered(days, sides.before[-1].earliest, last.latest, series.zone)


def _not_before(moment: datetime, sides: Sides) -> bool:
    return not sides.before or moment >= sides.before[-1].earliest
