"""The serious events of a trial for aggregate reports.

A fixed number of queries; blinded unless arms are given.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Min

from events.models import AdverseEvent
from events.rules.adverse_events.entered import CRITERIA
from pharmacovigilance.choices import CodedSubject, Judgement
from pharmacovigilance.models import (
    CaseEvent,
    CausalityAssessment,
    MeddraVersion,
    SafetyCase,
    SeriousnessAssessment,
)
from pharmacovigilance.queries.coding import last_codings, meanings, pinned_version, words_of
from pharmacovigilance.queries.event_facts import facts_now, says_fatal
from pharmacovigilance.queries.judged_events import (
    JudgedEvent,
    JudgingBasis,
    judge_event,
    signed_rsi,
    was_treated_before,
)
from pharmacovigilance.rules.aggregate import AggregateEvent
from trials.models import Infusion, ProtocolVersion, Trial

NOT_RECORDED = "not recorded"
"""The arm of a participant without an allocation, in unblinded reports."""


def serious_events(
    trial: Trial, *, sites: frozenset[str] | None, arms: Mapping[int, str] | None
) -> list[AggregateEvent]:
    """The standing serious events, by either side's answer, of these sites (None: all).

    `arms` by participant: of the unblinded desk, read under its clearance. None: blinded, every arm is empty.
    """
    rows = AdverseEvent.objects.standing().recorded().filter(trial=trial).with_relations().order_by("pk")
    if sites is not None:
        rows = rows.filter(participant__site__code__in=sorted(sites))
    reader = _Reader(trial, list(rows))
    found = (reader.judged(row) for row in reader.events)
    return [reader.line(one, arms) for one in found if _is_serious(one)]


def _is_serious(one: JudgedEvent) -> bool:
    return (
        one.sponsor_serious is True
        or any(susar.is_worst for susar in one.susars.values())
        or (one.facts.get("serious") is True)
    )


class _Reader:
    """Everything that was said of the events, read once."""

    def __init__(self, trial: Trial, events: Sequence[AdverseEvent]) -> None:
        self.events = events
        protocol = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
        categories = {one.code: one for one in protocol.causality}
        self.basis = JudgingBasis(trial.timezone, categories, signed_rsi(trial.pk))
        self.answers: dict[int, list[CausalityAssessment]] = defaultdict(list)
        for answer in CausalityAssessment.objects.filter(trial=trial).order_by("assessed_at", "pk"):
            self.answers[answer.event_id].append(answer)
        said = SeriousnessAssessment.objects.filter(trial=trial).order_by("assessed_at", "pk")
        self.serious = dict(said.values_list("event_id", "serious"))
        given = Infusion.objects.given().filter(trial=trial)
        self.treated: dict[int, datetime | None] = dict(
            given.values_list("participant").annotate(first=Min("started_at"))
        )
        links = CaseEvent.objects.standing().filter(trial=trial).select_related("case")
        self.cases: dict[int, SafetyCase] = {link.event_id: link.case for link in links}
        self.names = _MeddraNames(
            pinned_version(trial.pk) if protocol.coding.events == "meddra" else None, events
        )

    def judged(self, row: AdverseEvent) -> JudgedEvent:
        case = self.cases.get(row.pk)
        return judge_event(
            row,
            facts_now(row),
            basis=self.basis,
            answers=self.answers.get(row.pk, ()),
            sponsor_serious=self.serious.get(row.pk),
            first_infusion_at=self.treated.get(row.participant_id),
            has_infusion=row.participant_id in self.treated,
            situations=case.situations if case else (),
        )

    def line(self, one: JudgedEvent, arms: Mapping[int, str] | None) -> AggregateEvent:
        row, either = one.event, one.susars[Judgement.EITHER]
        soc, term = self.names.of(row, one.facts)
        case = self.cases.get(row.pk)
        treated = was_treated_before(
            one.facts, self.treated.get(row.participant_id), has_infusion=row.participant_id in self.treated
        )
        return AggregateEvent(
            participant=row.participant.code,
            number=row.number,
            arm="" if arms is None else arms.get(row.participant_id, NOT_RECORDED),
            soc=soc,
            term=term,
            words=row.reported_term,
            onset=row.onset,
            known_at=row.recorded_at,
            grade=row.grade,
            outcome=row.outcome,
            criteria=tuple(name for name in CRITERIA if getattr(row, name) is True),
            is_fatal=says_fatal(one.facts),
            suspected=treated and any(view.counts_as_related for view in one.views.values()),
            expected=one.expectedness.expected,
            is_susar=either.is_susar,
            case_number=case.worldwide_number if case else "",
        )


class _MeddraNames:
    """Class and term of events: of MedDRA where the trial codes in it, else of the trial's own dictionary."""

    def __init__(self, version: MeddraVersion | None, events: Sequence[AdverseEvent]) -> None:
        self.version = version
        codings = last_codings(CodedSubject.EVENT, [row.pk for row in events]) if version else {}
        self.codings = {pk: one for pk, one in codings.items() if version and one.meddra_id == version.pk}
        codes = {one.llt_code for one in self.codings.values()}
        self.meanings = meanings(version, codes) if version else {}

    def of(self, row: AdverseEvent, facts: Mapping[str, Any]) -> tuple[str, str]:
        if self.version is None:
            term = row.ctcae_term
            return (
                (term.soc, str(facts["term"] or term.term))
                if term
                else (row.dictionary_soc, row.dictionary_term)
            )
        coding = self.codings.get(row.pk)
        if coding is None or coding.words != words_of(CodedSubject.EVENT, row):
            return "", ""
        meaning = self.meanings.get(coding.llt_code)
        return (meaning.soc_name, meaning.pt_name) if meaning else ("", "")
