"""Rules R2, R5, R8 and R11: seriousness, its six criteria, death, and the cause of a serious event.

Sources: ICH E2A II.B (criteria), SDTMIG 3.4 AE assumption 7a and FHIR aeClinRes-seriousness-1 (serious if and
only if a criterion is met), CTCAE (every grade 5 is "Death"), ICH E2A III.A.1 (an unassessed cause is not an
excluded one).
"""

from collections.abc import Iterator

from events.choices import Outcome
from events.rules.adverse_events.facts import EventContext, EventFacts
from events.rules.remarks import Remark
from partial_dates import PartialMoment
from partial_dates.refusals import gettext_noop

DEATH_GRADE = 5
DATE_LENGTH = len("2020-04-06")


def is_fatal(facts: EventFacts) -> bool:
    """Whether any field says that the participant died of this event: outcome, grade 5, or the criterion "death"."""
    return (
        facts.outcome == Outcome.FATAL
        or facts.grade == DEATH_GRADE
        or facts.criteria.results_in_death is True
    )


def fatal_in_every_field(facts: EventFacts, context: EventContext) -> Iterator[Remark]:
    """R2: grade 5, outcome fatal, the criterion "death" and serious go together, in both directions."""
    if not is_fatal(facts):
        return
    if facts.outcome != Outcome.FATAL:
        message = gettext_noop(
            "Outcome: %(outcome)s, but grade 5 or “results in death” is; then the outcome is FATAL (R2)."
        )
        yield Remark("R2", "fatal_without_outcome", "outcome", message, {"outcome": facts.outcome or "—"})
    if context.is_graded and facts.grade != DEATH_GRADE:
        message = gettext_noop(
            "Grade: %(grade)s, but the event is fatal; a fatal event has grade 5, and no other has (R2)."
        )
        yield Remark("R2", "fatal_without_grade_5", "grade", message, {"grade": facts.grade or "—"})
    if facts.criteria.results_in_death is not True:
        message = gettext_noop(
            "Results in death: not “yes”, but the event is fatal by its grade or outcome (R2)."
        )
        yield Remark("R2", "fatal_without_criterion", "results_in_death", message)
    if facts.serious is not True:
        message = gettext_noop("Serious: not “yes”, but the event is fatal; a fatal event is serious (R2).")
        yield Remark("R2", "fatal_not_serious", "serious", message)


def death_is_recorded(facts: EventFacts, context: EventContext) -> Iterator[Remark]:
    """R2: a fatal event needs the participant's death on record, and ends on its day.

    Where the death is on record without a date, no end is required.
    """
    if not is_fatal(facts):
        return
    if not context.is_dead:
        message = gettext_noop(
            "Outcome: fatal, but no death of this participant is on record; record the death first (R2)."
        )
        yield Remark("R2", "fatal_without_death", "outcome", message)
    if facts.ended is None:
        if not context.is_death_undated:
            message = gettext_noop("End: not recorded; the end of a fatal event is the date of death (R2).")
            yield Remark("R2", "fatal_without_end", "ended", message)
    elif context.death is not None and not same_day_as_far_as_known(facts.ended, context.death):
        yield Remark(
            "R2",
            "end_is_not_death",
            "ended",
            gettext_noop(
                "End: %(end)s, but the participant died %(death)s; a fatal event ends with death (R2)."
            ),
            {"end": facts.ended.text, "death": context.death.text},
        )


def end_has_a_dated_death(facts: EventFacts, context: EventContext) -> Iterator[Remark]:
    """R2, soft: the end of a fatal event is the day of death.

    With a death without a date one of the two is wrong.
    """
    if is_fatal(facts) and facts.ended is not None and context.is_death_undated:
        message = gettext_noop(
            "End: %(end)s, but the day of death is not recorded; record the day of death, or leave the end empty (R2)."
        )
        yield Remark("R2", "end_of_undated_death", "ended", message, {"end": facts.ended.text})


def autopsy_follows_death(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R2: an autopsy is recorded only for a fatal event (ICH E2B(R3) D.9: case of death)."""
    if facts.autopsy and not is_fatal(facts):
        message = gettext_noop(
            "Autopsy: %(autopsy)s, but the event is not fatal; an autopsy is recorded only with a death (R2)."
        )
        yield Remark("R2", "autopsy_without_death", "autopsy", message, {"autopsy": facts.autopsy})


OF_A_DEATH = (fatal_in_every_field, death_is_recorded, autopsy_follows_death)
"""R2: the rules that refuse a fatal event, or one that is fatal in some fields only."""


def serious_by_a_criterion(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R5, one direction: a serious event meets at least one criterion."""
    if facts.serious is True and not facts.criteria.is_any_met():
        message = gettext_noop(
            "Serious: yes, but none of the six criteria is; answer at least one “yes” (R5)."
        )
        yield Remark("R5", "serious_without_criterion", "serious", message)


def criterion_makes_serious(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R5, the other direction: an event that meets a criterion is serious. R2 reports it for a fatal one."""
    if facts.serious is not True and facts.criteria.is_any_met() and not is_fatal(facts):
        yield Remark(
            "R5",
            "criterion_not_serious",
            "serious",
            gettext_noop(
                "Serious: not “yes”, but %(criteria)s is; an event with a criterion is serious (R5)."
            ),
            {"criteria": ", ".join(facts.criteria.met())},
        )


def one_fatal_event(facts: EventFacts, context: EventContext) -> Iterator[Remark]:
    """R8: a participant dies of one event; other continuing ones stay "not recovered"."""
    if is_fatal(facts) and context.other_fatal_events:
        yield Remark(
            "R8",
            "several_fatal_events",
            "outcome",
            gettext_noop(
                "Outcome: fatal, as are %(others)s other events of this participant; one is usual (R8)."
            ),
            {"others": context.other_fatal_events},
        )


def open_at_death(facts: EventFacts, context: EventContext) -> Iterator[Remark]:
    """R8: an event that continues when the participant dies of another stays "not recovered"."""
    if context.is_dead and facts.outcome == Outcome.RECOVERING and not is_fatal(facts):
        message = gettext_noop(
            "Outcome: recovering, but the participant died; an event that went on stays not recovered (R8)."
        )
        yield Remark("R8", "recovering_at_death", "outcome", message)


def causality_is_known(facts: EventFacts, context: EventContext) -> Iterator[Remark]:
    """The cause is one of the protocol's categories, or empty = not assessed."""
    known = {category.code for category in context.causality}
    if facts.causality and facts.causality not in known:
        yield Remark(
            "protocol",
            "causality_unknown",
            "causality",
            gettext_noop("Causality: %(causality)s is not a category of the protocol; it has %(known)s."),
            {"causality": facts.causality, "known": ", ".join(c.code for c in context.causality)},
        )


def seriousness_is_answered(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """Open question: seriousness not answered is not "no"."""
    if facts.serious is None:
        message = gettext_noop("Serious: not answered; until it is, the event counts as not assessed (R5).")
        yield Remark("R5", "seriousness_missing", "serious", message)


def serious_cause_is_assessed(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R11: a serious event without an assessed cause counts as related until it is assessed."""
    if facts.serious is True and not facts.causality:
        message = gettext_noop(
            "Causality: not assessed; until it is, this serious event counts as related (R11)."
        )
        yield Remark("R11", "causality_missing", "causality", message)


def awareness_is_recorded(facts: EventFacts, _: EventContext) -> Iterator[Remark]:
    """R9: the 24 h run from the site's awareness of a serious event."""
    if facts.serious is True and facts.aware_at is None:
        message = gettext_noop(
            "Site aware at: not recorded; until it is, the clock runs from when the event was recorded (R9)."
        )
        yield Remark("R9", "awareness_missing", "aware_at", message)


def same_day_as_far_as_known(one: PartialMoment, other: PartialMoment) -> bool:
    """Whether two dates agree in every part that both have, down to the day as each was written."""
    length = min(len(one.text), len(other.text), DATE_LENGTH)
    return one.text[:length] == other.text[:length]
