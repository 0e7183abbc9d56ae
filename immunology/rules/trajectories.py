"""The course of one participant's reactivity against one target of one donor.

The class of a series of sera around t0, the first infusion of that donor's cells (for a placebo recipient, or a donor
whose cells the participant never received: the first infusion, and the series is virtual). The baseline is the last
valid serum before t0, and every valid serum before it counts against "de novo" (STAR 2017). Cut-offs and folds are the
protocol's; all of it is our decision, for an immunogeneticist to review.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from immunology.rules.calls import (
    ABOVE,
    BELOW,
    Call,
    Relation,
    Serum,
    call_of,
    is_above_threshold,
    may_be_above_threshold,
    prozone_is_possible,
)
from immunology.rules.changes import are_comparable, has_fallen, has_risen
from immunology.rules.codes import Code
from immunology.rules.sensitisers import Sensitiser
from trials.rules.protocol import AntibodyPlan


@dataclass(frozen=True)
class Anchor:
    """t0 as a span of aware times: equal ends when known exactly."""

    earliest: datetime
    latest: datetime


@dataclass(frozen=True)
class SerumSeries:
    """The sera of one participant for one target of one donor.

    `is_virtual`: the participant did not receive this donor's cells. `is_surrogate`: no bead carries the very allele.
    `answered_days`: calendar days in `zone` with a known answer about blood products; `None` when the question is not
    asked.
    """

    hla_class: str
    anchor: Anchor | None
    sera: tuple[Serum, ...]
    is_virtual: bool = False
    locus_is_untyped: bool = False
    has_bead: bool = True
    is_surrogate: bool = False
    is_self_antigen: bool = False
    sensitisers: tuple[Sensitiser, ...] = ()
    answered_days: frozenset[date] | None = None
    zone: str = "UTC"


@dataclass(frozen=True)
class Sides:
    """The valid sera before and after t0, each in order of time."""

    before: tuple[Serum, ...]
    after: tuple[Serum, ...]


@dataclass(frozen=True)
class Trajectory:
    """The class of a series; `deciding` is the serum that decided it.

    MFI of the baseline, the peak and the last after t0.

    `above_threshold` is `None` when the threshold does not apply (class, or no valid serum), and when a value beyond the
    reader's range may lie on either side of it. `beyond_evidence` says of a value above the threshold why it is not
    flagged: `class`, `conjugate`. The limits are "<" or ">" beside a value that is the end of the reader's range.
    """

    code: Code
    flags: tuple[str, ...] = ()
    baseline_mfi: Decimal | None = None
    peak_mfi: Decimal | None = None
    last_mfi: Decimal | None = None
    above_threshold: bool | None = None
    beyond_evidence: tuple[str, ...] = ()
    baseline_limit: str = ""
    peak_limit: str = ""
    last_limit: str = ""
    baseline_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True)
class ClassDecision:
    """A class and its deciding serum, if any."""

    code: Code
    deciding: Serum | None = None


def relation_to(anchor: Anchor, serum: Serum) -> Relation:
    """Before or after t0 when both spans allow no other order, or when the order was recorded; else unknown."""
    if serum.relation is not None:
        return serum.relation
    if serum.latest < anchor.earliest:
        return Relation.BEFORE
    return Relation.AFTER if serum.earliest > anchor.latest else Relation.UNKNOWN


def sides_of(series: SerumSeries, anchor: Anchor, plan: AntibodyPlan) -> Sides:
    """Valid sera on either side of t0; a serum with an unknown order is on neither."""
    valid = sorted(
        (serum for serum in series.sera if call_of(serum, plan) is not Call.INVALID),
        key=lambda serum: serum.latest,
    )
    before = tuple(serum for serum in valid if relation_to(anchor, serum) is Relation.BEFORE)
    after = tuple(serum for serum in valid if relation_to(anchor, serum) is Relation.AFTER)
    return Sides(before, after)


def decide(sides: Sides, plan: AntibodyPlan) -> ClassDecision:
    """The class of the sera around t0."""
    if not sides.before:
        return _without_baseline(sides, plan)
    worst = worst_call(sides.before, plan)
    if not sides.after:
        return ClassDecision(_NO_FOLLOWUP[worst])
    if worst is Call.POSITIVE:
        return _after_positive(sides, plan)
    return _after_negative(sides, plan) if worst is Call.NEGATIVE else _after_grey(sides, plan)


_NO_FOLLOWUP = {
    Call.POSITIVE: Code.PREFORMED_NO_FOLLOWUP,
    Call.GREY: Code.GREY_NO_FOLLOWUP,
    Call.NEGATIVE: Code.NEGATIVE_NO_FOLLOWUP,
}


def worst_call(sera: Sequence[Serum], plan: AntibodyPlan) -> Call:
    """Positive if any serum is, else grey if any is, else negative."""
    calls = {call_of(serum, plan) for serum in sera}
    return next(call for call in (Call.POSITIVE, Call.GREY, Call.NEGATIVE) if call in calls)


def positives(sera: Sequence[Serum], plan: AntibodyPlan) -> tuple[Serum, ...]:
    """The positive ones, in order."""
    return tuple(serum for serum in sera if call_of(serum, plan) is Call.POSITIVE)


def _without_baseline(sides: Sides, plan: AntibodyPlan) -> ClassDecision:
    if not sides.after:
        return ClassDecision(Code.NOT_EVALUABLE_NO_SERUM)
    found = positives(sides.after, plan)
    if found:
        return ClassDecision(Code.POSITIVE_ORIGIN_UNKNOWN, found[0])
    return ClassDecision(Code.NEGATIVE_NO_BASELINE, sides.after[-1])


def _after_positive(sides: Sides, plan: AntibodyPlan) -> ClassDecision:
    reference = sides.before[-1]
    if call_of(reference, plan) is not Call.POSITIVE:
        return _after_history(sides, plan)
    comparable = [serum for serum in sides.after if are_comparable(reference.assay, serum.assay, plan)]
    if not comparable:
        return ClassDecision(Code.PREFORMED_CHANGE_NOT_ASSESSABLE, sides.after[-1])
    risen = [serum for serum in comparable if has_risen(reference, serum, plan)]
    if risen:
        return ClassDecision(Code.PREFORMED_BOOSTED, risen[0])
    return ClassDecision(_fall(reference, comparable[-1], plan), comparable[-1])


def _after_history(sides: Sides, plan: AntibodyPlan) -> ClassDecision:
    """Positive once, not any more at the baseline: a later positive is recall, not a primary response."""
    found = positives(sides.after, plan)
    if found:
        return ClassDecision(Code.MEMORY_RECALL, found[0])
    return ClassDecision(Code.HISTORIC_NOT_RECALLED, sides.after[-1])


def _fall(reference: Serum, last: Serum, plan: AntibodyPlan) -> Code:
    if not has_fallen(reference, last, plan):
        return Code.PREFORMED_PERSISTENT
    if call_of(last, plan) is not Call.NEGATIVE:
        return Code.PREFORMED_DECLINED
    return Code.INDETERMINATE_PROZONE if prozone_is_possible(last.assay) else Code.PREFORMED_CLEARED


def _after_negative(sides: Sides, plan: AntibodyPlan) -> ClassDecision:
    reference, found = sides.before[-1], positives(sides.after, plan)
    if not found:
        is_grey = worst_call(sides.after, plan) is Call.GREY
        return ClassDecision(Code.INDETERMINATE_GREY if is_grey else Code.NEGATIVE, sides.after[-1])
    if not any(are_comparable(reference.assay, serum.assay, plan) for serum in found):
        return ClassDecision(Code.DE_NOVO_UNCONFIRMED, found[0])
    risen = [serum for serum in found if has_risen(reference, serum, plan)]
    if not risen:
        return ClassDecision(Code.INDETERMINATE_WITHIN_VARIATION, found[0])
    gone = call_of(sides.after[-1], plan) is Call.NEGATIVE
    return ClassDecision(Code.DE_NOVO_TRANSIENT if gone else Code.DE_NOVO, risen[0])


def _after_grey(sides: Sides, plan: AntibodyPlan) -> ClassDecision:
    reference, found = sides.before[-1], positives(sides.after, plan)
    risen = [serum for serum in found if has_risen(reference, serum, plan)]
    if risen:
        return ClassDecision(Code.INDETERMINATE_GREY_BASELINE_RISE, risen[0])
    if found:
        return ClassDecision(Code.INDETERMINATE_WITHIN_VARIATION, found[0])
    gone = call_of(sides.after[-1], plan) is Call.NEGATIVE
    return ClassDecision(Code.GREY_CLEARED if gone else Code.GREY_PERSISTENT, sides.after[-1])


def summarise(decision: ClassDecision, series: SerumSeries, sides: Sides, plan: AntibodyPlan) -> Trajectory:
    """The trajectory of a decided series, without its flags."""
    after = [serum for serum in sides.after if serum.mfi is not None]
    baseline = sides.before[-1] if sides.before else None
    peak = max(after, key=lambda serum: (serum.mfi or 0, serum.limit == ABOVE), default=None)
    last = after[-1] if after else None
    return Trajectory(
        code=decision.code,
        baseline_mfi=baseline.mfi if baseline else None,
        peak_mfi=peak.mfi if peak else None,
        last_mfi=last.mfi if last else None,
        above_threshold=_above_threshold(series, sides, plan),
        beyond_evidence=_beyond_evidence(series, sides, plan),
        baseline_limit=baseline.limit if baseline else "",
        peak_limit=peak.limit if peak else "",
        last_limit=last.limit if last else "",
        baseline_at=baseline.earliest if baseline else None,
        last_at=last.earliest if last else None,
    )


def _above_threshold(series: SerumSeries, sides: Sides, plan: AntibodyPlan) -> bool | None:
    valid = (*sides.before, *sides.after)
    if series.hla_class not in plan.threshold_classes or not valid:
        return None
    if any(is_above_threshold(serum, series.hla_class, plan) for serum in valid):
        return True
    return None if any(may_be_above_threshold(serum, series.hla_class, plan) for serum in valid) else False


def _beyond_evidence(series: SerumSeries, sides: Sides, plan: AntibodyPlan) -> tuple[str, ...]:
    """Why a value above the threshold is not flagged."""
    above = [
        serum
        for serum in (*sides.before, *sides.after)
        if serum.mfi is not None and serum.limit != BELOW and serum.mfi > plan.mfi_threshold
    ]
    found = set()
    if above and series.hla_class not in plan.threshold_classes:
        found.add("class")
    if any(serum.assay.conjugate not in plan.threshold_conjugates for serum in above):
        found.add("conjugate")
    return tuple(sorted(found))
