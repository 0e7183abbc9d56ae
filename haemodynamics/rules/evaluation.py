"""Whether the protocol's haemodynamic criteria are met in the window after one infusion.

Criteria, thresholds, semantics and windows are the protocol's (default set: START, Liu 2014 Ann Intensive Care 4:22,
table 1). A hit is a candidate that a clinician confirms or refutes. What was not measured is not evaluable; it is never
"not met".
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from haemodynamics.rules.adherence import Check, judge_checks
from haemodynamics.rules.comparisons import CriterionAnswer, Truth, all_of, any_of, compare
from haemodynamics.rules.criterion_windows import CriterionWindow, Moment
from haemodynamics.rules.explanations import baselines_of, inputs_of
from haemodynamics.rules.flags import outcome_moments, sign_moments
from haemodynamics.rules.measurements import Comparison, baseline_of, criterion_comparisons
from haemodynamics.rules.possible import weights_of
from haemodynamics.rules.readings import ObservedInfusion, Reading
from haemodynamics.rules.reasons import Reason, Reasons, together
from haemodynamics.rules.results import CriterionResult, Status
from haemodynamics.rules.sustained import sustained_moments
from haemodynamics.rules.windows import anchor_of, readings_before, readings_within, window_of
from partial_dates.refusals import gettext_noop
from trials.rules.protocol import Criterion, HaemodynamicPlan

MINUTES_PER_HOUR = 60
NO_START = Reason("started_at", gettext_noop("the start of the infusion is not known to the minute"))
NO_END = Reason("ended_at", gettext_noop("the end of the infusion is not known to the minute"))
NO_SUPPORT = Reason(
    "respiratory_support",
    gettext_noop("the values meet it, and the kind of respiratory support was not recorded"),
)
CUT_SHORT = Reason("", gettext_noop("the window was not over when the participant was last known of"))
NOTHING_READ = Reason("", gettext_noop("no reading lies in the window"))


def evaluate_plan(
    readings: Iterable[Reading],
    infusion: ObservedInfusion,
    plan: HaemodynamicPlan,
    weight_kg: Decimal | None,
) -> tuple[CriterionResult, ...]:
    """Every criterion of the plan over its window after the infusion, in the plan's order.

    `weight_kg` converts between µg/min and µg/kg/min; without it every plausible weight is used. An infusion
    whose start is known to the day only is not evaluable. Windows include both ends (0 <= t <= hours).
    """
    scenes = _scenes(readings, infusion, plan, weight_kg)
    if scenes is None:
        return tuple(_unanchored(criterion, plan) for criterion in plan.criteria)
    return tuple(_judge(scene, plan) for scene in scenes)


def statuses_of_infusion(
    readings: Iterable[Reading],
    infusion: ObservedInfusion,
    plan: HaemodynamicPlan,
    weight_kg: Decimal | None,
) -> tuple[tuple[str, Status], ...]:
    """The id and the status of every criterion, as in `evaluate_plan`."""
    scenes = _scenes(readings, infusion, plan, weight_kg)
    if scenes is None:
        return tuple((criterion.id, Status.NOT_EVALUABLE) for criterion in plan.criteria)
    return tuple((scene.criterion.id, _answered(scene)[1][0]) for scene in scenes)


def _scenes(
    readings: Iterable[Reading],
    infusion: ObservedInfusion,
    plan: HaemodynamicPlan,
    weight_kg: Decimal | None,
) -> Sequence[CriterionWindow] | None:
    """The input of each criterion; None when the windows have no beginning."""
    given = tuple(readings)
    anchor = anchor_of(infusion, plan)
    if anchor is None:
        return None
    before, weights = readings_before(given, infusion), weights_of(weight_kg, plan)
    scenes = []
    for criterion in plan.criteria:
        window = window_of(anchor, criterion.window_hours)
        within = readings_within(given, window)
        scenes.append(CriterionWindow(criterion, infusion, window, before, within, weight_kg, weights))
    return scenes


def _unanchored(criterion: Criterion, plan: HaemodynamicPlan) -> CriterionResult:
    """Undecided only when the start is missing: a running infusion has no end yet, and none is requested."""
    counts_from_start = plan.anchor == "infusion_start"
    return CriterionResult(
        criterion.id,
        criterion.label,
        Status.NOT_EVALUABLE,
        (NO_START if counts_from_start else NO_END,),
        is_undecided=counts_from_start,
    )


def _judge(scene: CriterionWindow, plan: HaemodynamicPlan) -> CriterionResult:
    comparisons = criterion_comparisons(scene.criterion, scene.weights)
    moments, (status, reasons) = _answered(scene)
    hits = [moment.at for moment in moments if moment.answer.truth is Truth.YES]
    checks = _checks_of_window(scene, plan, _spoken(scene))
    return CriterionResult(
        criterion=scene.criterion.id,
        label=scene.criterion.label,
        status=status,
        reasons=reasons,
        first_hit_at=min(hits, default=None),
        baseline=baselines_of(scene, comparisons),
        inputs=inputs_of(scene, comparisons),
        checks_planned=len(checks),
        checks_seen=sum(1 for check in checks if check.done_at is not None),
        is_undecided=status is Status.NOT_EVALUABLE and _has(moments, Truth.UNKNOWN),
    )


def _answered(scene: CriterionWindow) -> tuple[tuple[Moment, ...], tuple[Status, Reasons]]:
    """The times of the window with an answer, the conclusion, and the reasons where there is none."""
    moments = _spoken(scene)
    if scene.criterion.sustained_minutes is not None:
        moments = sustained_moments(moments, scene.window, scene.criterion.sustained_minutes)
    return moments, _conclude(scene, moments)


def _spoken(scene: CriterionWindow) -> tuple[Moment, ...]:
    return tuple(_moments(scene, criterion_comparisons(scene.criterion, scene.weights)))


def _moments(scene: CriterionWindow, comparisons: Sequence[Comparison]) -> Iterator[Moment]:
    if scene.criterion.kind == "outcome":
        return outcome_moments(scene)
    if scene.criterion.kind in ("rhythm", "other"):
        return sign_moments(scene)
    return _measured_moments(scene, comparisons)


def _measured_moments(scene: CriterionWindow, comparisons: Sequence[Comparison]) -> Iterator[Moment]:
    """Each reading of the window compared with the thresholds, beside the baselines of this infusion."""
    join = any_of if scene.criterion.combinator == "any" else all_of
    baselines = [baseline_of(scene.before, comparison) for comparison in comparisons]
    for reading in scene.within:
        if _is_on_another_support(scene.criterion, reading):
            continue
        answers = [
            compare(comparison.look(reading), baseline.measured if baseline else None, comparison.threshold)
            for comparison, baseline in zip(comparisons, baselines, strict=True)
        ]
        yield Moment(reading.at, _given_support(scene.criterion, reading, join(answers)))


def _is_on_another_support(criterion: Criterion, reading: Reading) -> bool:
    support = reading.respiratory_support
    return bool(criterion.support) and support is not None and support not in criterion.support


def _given_support(criterion: Criterion, reading: Reading, answer: CriterionAnswer) -> CriterionAnswer:
    """A reading without a recorded kind of support may have the kind that the criterion names.

    If it meets the threshold, the answer is open.
    """
    if not criterion.support or reading.respiratory_support is not None or answer.truth is not Truth.YES:
        return answer
    return CriterionAnswer(Truth.UNKNOWN, (NO_SUPPORT,))


def _conclude(scene: CriterionWindow, moments: Sequence[Moment]) -> tuple[Status, Reasons]:
    """One yes is a hit; otherwise one unknown gives "not evaluable".

    Otherwise one no is enough for "not met".
    """
    if _has(moments, Truth.YES):
        return Status.HIT, ()
    if _has(moments, Truth.UNKNOWN):
        return Status.NOT_EVALUABLE, _reasons(moments, Truth.UNKNOWN)
    if not _has(moments, Truth.NO):
        return Status.NOT_EVALUABLE, _reasons(moments, Truth.ABSENT) or (_nothing_read(scene),)
    if _window_is_cut_short(scene):
        return Status.NOT_EVALUABLE, (CUT_SHORT,)
    return Status.NOT_MET, ()


def _has(moments: Sequence[Moment], truth: Truth) -> bool:
    return any(moment.answer.truth is truth for moment in moments)


def _reasons(moments: Sequence[Moment], truth: Truth) -> Reasons:
    return together(*(moment.answer.reasons for moment in moments if moment.answer.truth is truth))


def _nothing_read(scene: CriterionWindow) -> Reason:
    if scene.within and scene.criterion.support:
        message = gettext_noop(
            "no reading in the window was made on the respiratory support named: %(support)s"
        )
        return Reason("respiratory_support", message, {"support": ", ".join(scene.criterion.support)})
    return NOTHING_READ


def _window_is_cut_short(scene: CriterionWindow) -> bool:
    """Whether the course is known only up to a time before the window closes; a death is an end."""
    until, died = scene.infusion.observed_until, scene.infusion.died_earliest
    return until is not None and until < scene.window.closes_at and died is None


def _checks_of_window(
    scene: CriterionWindow, plan: HaemodynamicPlan, moments: Sequence[Moment]
) -> tuple[Check, ...]:
    """The planned checks of the criterion's window, with the readings that may belong to them."""
    answered = [moment.at for moment in moments if moment.answer.truth in (Truth.YES, Truth.NO)]
    last = scene.criterion.window_hours * MINUTES_PER_HOUR
    checks = judge_checks(plan, anchor=scene.window.opens_at, taken=answered, at=scene.window.closes_at)
    return tuple(check for check in checks if 0 <= check.minutes <= last)
