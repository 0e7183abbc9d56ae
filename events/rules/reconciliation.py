"""Rule R12: where the record of deaths, fatal events and serious events contradict each other or themselves.

Listed in every board report without correction: the paper behind the first protocol counts 9 deaths and no event of
grade 5. Only contradictions are listed; missing values are counted in the tables.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from events.rules.adverse_events import EventContext, EventFacts, check_imported_event, is_fatal
from events.rules.clocks import is_causality_query_due
from events.rules.duplicates import remarks_on_duplicates, traits_of
from events.rules.remarks import Remark
from partial_dates.refusals import gettext_noop
from trials.rules.protocol import ReportingPlan

UNTIL_DUE = frozenset({"causality_missing"})  # R11: a query only when its time is over
# Coding and grading are no contradiction between records: the question is shown where the event is entered.
ABOUT_CODING = frozenset({"term_of_another_version", "term_not_in_dictionary", "severity_against_grade"})


@dataclass(frozen=True)
class ReconciledEvent:
    """One recorded event, by the id or number that people use."""

    event: str
    facts: EventFacts


@dataclass(frozen=True)
class ReconciledParticipant:
    """One participant's study code, dates and events.

    `context.other_fatal_events` is counted here, not given.
    """

    code: str
    context: EventContext
    events: tuple[ReconciledEvent, ...]


@dataclass(frozen=True)
class Mismatch:
    """One contradiction. `event` is None when it is about the participant; `rule` is R1 to R12."""

    rule: str
    code: str
    participant: str
    event: str | None
    remark: Remark

    @property
    def sentence(self) -> str:
        """The contradiction as one English sentence."""
        return str(self.remark)


def reconcile(participants: Iterable[ReconciledParticipant], *, plan: ReportingPlan) -> tuple[Mismatch, ...]:
    """Every contradiction, participants in the order given, within one the participant's own first."""
    return tuple(mismatch for participant in participants for mismatch in _of_participant(participant, plan))


def _of_participant(participant: ReconciledParticipant, plan: ReportingPlan) -> Iterator[Mismatch]:
    fatal = [record.event for record in participant.events if is_fatal(record.facts)]
    for remark in remarks_on_death(participant.context, fatal):
        yield Mismatch(remark.rule, remark.code, participant.code, None, remark)
    traits = [traits_of(place, record.facts) for place, record in enumerate(participant.events)]
    for place, remark in remarks_on_duplicates(traits):
        other = participant.events[int(remark.params["other"])].event
        named = replace(remark, params={"other": other})
        yield Mismatch(named.rule, named.code, participant.code, participant.events[place].event, named)
    for record in participant.events:
        for remark in remarks_on_event(record.facts, participant.context, plan):
            yield Mismatch(remark.rule, remark.code, participant.code, record.event, remark)


def remarks_on_death(context: EventContext, fatal: Sequence[str]) -> Iterator[Remark]:
    """The contradictions between a participant's death and the fatal events (their numbers)."""
    if context.is_dead and not fatal:
        message = gettext_noop("Death: on record, but no adverse event of this participant is fatal (R12).")
        yield Remark("R12", "death_without_fatal_event", "death", message)
    if len(fatal) > 1:
        message = gettext_noop("Outcome: events %(events)s are all fatal; a participant dies once (R8, R12).")
        yield Remark("R8", "several_fatal_events", "outcome", message, {"events": ", ".join(fatal)})


def remarks_on_event(facts: EventFacts, context: EventContext, plan: ReportingPlan) -> Iterator[Remark]:
    """The contradictions in one event, except those with other fatal events."""
    verdict = check_imported_event(facts, replace(context, other_fatal_events=0))
    yield from (
        remark
        for remark in verdict.refusals + verdict.findings
        if remark.code not in UNTIL_DUE | ABOUT_CODING
    )
    if is_causality_query_due(
        serious=facts.serious, causality=facts.causality, aware_at=facts.aware_at, plan=plan, at=context.at
    ):
        message = gettext_noop(
            "Causality: not assessed %(hours)s h after a serious event was known; it counts as related (R11)."
        )
        yield Remark("R11", "causality_overdue", "causality", message, {"hours": plan.sae_hours})
