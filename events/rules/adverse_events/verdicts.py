"""The combined rules: refusals of a recorded event, of a draft, of an imported event, and questions.

A draft and real imported data may be incomplete or contradict themselves. There only the impossible is refused (a
grade, category or date that does not exist, an impossible order of times); everything else is open work or a finding to
reconcile.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from events.rules.adverse_events import grading, seriousness, times
from events.rules.adverse_events.facts import EventContext, EventFacts
from events.rules.remarks import EventVerdict, Remark

Check = Callable[[EventFacts, EventContext], Iterator[Remark]]

REFUSING: tuple[Check, ...] = (
    grading.term_is_of_the_dictionary,
    grading.term_is_of_the_version,
    grading.grade_exists,
    grading.present_grade_is_lower,
    *seriousness.OF_A_DEATH,
    seriousness.serious_by_a_criterion,
    seriousness.criterion_makes_serious,
    grading.other_is_specified,
    seriousness.causality_is_known,
    times.onset_is_recorded,
    times.onset_in_trial,
    times.onset_before_death,
    times.end_after_onset,
    times.nothing_lies_ahead,
    times.aware_after_onset,
    times.sponsor_told_after_awareness,
    times.follows_its_infusion,
    times.ongoing_has_no_end,
    times.resolved_has_end,
)
WARNING: tuple[Check, ...] = (
    grading.severity_agrees_with_grade,
    seriousness.one_fatal_event,
    seriousness.end_has_a_dated_death,
    seriousness.open_at_death,
    times.unresolved_has_no_end,
)
PROMPTING: tuple[Check, ...] = (
    grading.grade_asks_for_criteria,
    grading.grade_is_recorded,
    seriousness.seriousness_is_answered,
    seriousness.serious_cause_is_assessed,
    seriousness.awareness_is_recorded,
)

IMPOSSIBLE = frozenset(
    {
        "term_of_another_version",
        "grade_impossible",
        "grade_not_available",
        "present_grade_not_available",
        "present_grade_not_lower",
        "causality_unknown",
        "ended_before_onset",
        "worsened_before_onset",
        "infusion_after_onset",
        "in_the_future",
    }
)
# Open questions that are no contradiction: a report counts them as missing, and does not list them one by one.
COUNTED_AS_MISSING = frozenset(
    {"grade_missing", "ask_life_threatening", "ask_hospitalisation", "awareness_missing"}
)


@dataclass(frozen=True)
class ImportVerdict:
    """The result of the rules for an imported event: `refusals` are impossible, `findings` have to be reconciled."""

    refusals: tuple[Remark, ...] = ()
    findings: tuple[Remark, ...] = ()


def check_event(facts: EventFacts, context: EventContext) -> EventVerdict:
    """Judge an event by R1 to R8 and R11 as it is recorded or corrected.

    Refused: R1, R2, R5, R6, R7 and a cause that the protocol does not have. Warned: R4, R8, an end beside
    "not recovered". Asked: R3, R9, R11, seriousness or grade not recorded. Missing values never count as "no" or zero.
    """
    return EventVerdict(
        _all(REFUSING, facts, context), _all(WARNING, facts, context), _all(PROMPTING, facts, context)
    )


def check_draft(facts: EventFacts, context: EventContext) -> EventVerdict:
    """Judge a draft: only the impossible is refused; what prevents its completion is a prompt."""
    verdict = check_event(facts, context)
    refusals, open_questions = _split(verdict.refusals)
    return EventVerdict(refusals, verdict.warnings, open_questions + verdict.prompts)


def check_imported_event(facts: EventFacts, context: EventContext) -> ImportVerdict:
    """Judge an event that another system recorded: the impossible is refused, contradictions are findings."""
    verdict = check_event(facts, context)
    refusals, contradictions = _split(verdict.refusals)
    questions = tuple(prompt for prompt in verdict.prompts if prompt.code not in COUNTED_AS_MISSING)
    return ImportVerdict(refusals, contradictions + verdict.warnings + questions)


def _all(checks: tuple[Check, ...], facts: EventFacts, context: EventContext) -> tuple[Remark, ...]:
    return tuple(remark for check in checks for remark in check(facts, context))


def _split(refusals: tuple[Remark, ...]) -> tuple[tuple[Remark, ...], tuple[Remark, ...]]:
    """The impossible, and mere contradictions."""
    impossible = tuple(remark for remark in refusals if remark.code in IMPOSSIBLE)
    return impossible, tuple(remark for remark in refusals if remark.code not in IMPOSSIBLE)
