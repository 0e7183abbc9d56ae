"""The judgement of a case, from its rows: opinions, expectedness, SUSAR per destination, obligations.

Read only, blinded.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from events.models import AdverseEvent
from pharmacovigilance.choices import CaseAct, Judgement, Side
from pharmacovigilance.models import (
    CaseStep,
    CausalityAssessment,
    ObligationRule,
    Receipt,
    SafetyCase,
    SeriousnessAssessment,
)
from pharmacovigilance.queries.event_facts import Facts, facts_now, is_standing, reaction_of, says_fatal
from pharmacovigilance.queries.judged_events import (
    JudgedEvent,
    JudgingBasis,
    judge_event,
    opinions_of_event,
    signed_rsi,
    susar_facts,
    was_treated_before,
)
from pharmacovigilance.rules.causality import Opinion, SideView, side_views
from pharmacovigilance.rules.expectedness import RsiFacts, expectedness
from pharmacovigilance.rules.obligations import CaseMoment, Owed, owed
from pharmacovigilance.rules.receipts import day_0
from pharmacovigilance.rules.susar import Susar, SusarFacts, susar
from trials.models import Infusion, ProtocolVersion


class CaseJudgement:
    """A case with its events, judged. Everything is read once, in a fixed number of queries."""

    def __init__(self, case: SafetyCase) -> None:
        self.case = case
        self.zone: str = case.trial.timezone
        self.protocol = ProtocolVersion.objects.protocol_of(trial_id=case.trial_id, on=None)
        self.categories = {one.code: one for one in self.protocol.causality}

    @cached_property
    def links(self) -> list[AdverseEvent]:
        """The events in the case, oldest first."""
        rows = AdverseEvent.objects.filter(case_links__case=self.case, case_links__ended_at=None)
        return list(rows.with_relations().order_by("number"))

    @cached_property
    def receipts(self) -> list[Receipt]:
        """The receipts of the case and of its events, in the order of receipt."""
        ids = [event.pk for event in self.links]
        rows = Receipt.objects.filter(case=self.case, event=None) | Receipt.objects.filter(event__in=ids)
        return sorted(rows, key=lambda one: (one.received_at, one.pk))

    @cached_property
    def versions_of_rsi(self) -> list[RsiFacts]:
        """The signed versions of the reference safety information."""
        return signed_rsi(self.case.trial_id)

    @cached_property
    def assessments(self) -> dict[int, list[CausalityAssessment]]:
        rows = CausalityAssessment.objects.filter(event__in=self.links).select_related("assessed_by")
        found: dict[int, list[CausalityAssessment]] = defaultdict(list)
        for row in rows.order_by("assessed_at", "pk"):
            found[row.event_id].append(row)
        return found

    @cached_property
    def seriousness(self) -> dict[int, bool]:
        """The sponsor's last answer, by event."""
        rows = SeriousnessAssessment.objects.filter(event__in=self.links).order_by("assessed_at", "pk")
        return dict(rows.values_list("event_id", "serious"))

    @cached_property
    def first_infusion_at(self) -> datetime | None:
        rows = Infusion.objects.given().filter(participant=self.case.participant_id, started_at__isnull=False)
        return rows.order_by("started_at").values_list("started_at", flat=True).first()

    @cached_property
    def has_infusion(self) -> bool:
        return Infusion.objects.given().filter(participant=self.case.participant_id).exists()

    @cached_property
    def released_at(self) -> datetime | None:
        """The time of the first release of a version."""
        steps = CaseStep.objects.filter(case=self.case, act=CaseAct.RELEASE)
        return steps.order_by("done_at").values_list("done_at", flat=True).first()

    @cached_property
    def events(self) -> tuple[JudgedEvent, ...]:
        """The present events, judged."""
        return tuple(self._judged(event, facts_now(event)) for event in self.links)

    def was_treated(self, facts: Facts) -> bool:
        """Whether study product can have been given before onset; only certainty excludes it."""
        return was_treated_before(facts, self.first_infusion_at, has_infusion=self.has_infusion)

    def opinions_of(self, event_id: int, facts: Facts, at: datetime) -> tuple[Opinion, ...]:
        """Signed answers, and the cause in the clinical record as the first answer of the investigator's side."""
        return opinions_of_event(self.assessments.get(event_id, []), facts, at, self.categories)

    @cached_property
    def basis(self) -> JudgingBasis:
        """The common input for the trial's events."""
        return JudgingBasis(self.zone, self.categories, self.versions_of_rsi)

    def _judged(self, event: AdverseEvent, facts: Facts) -> JudgedEvent:
        return judge_event(
            event,
            facts,
            basis=self.basis,
            answers=self.assessments.get(event.pk, []),
            sponsor_serious=self.seriousness.get(event.pk),
            first_infusion_at=self.first_infusion_at,
            has_infusion=self.has_infusion,
            situations=self.case.situations,
        )

    def _susar_facts(self, event_id: int, facts: Facts, views: Mapping[Side, SideView]) -> SusarFacts:
        return susar_facts(
            facts,
            views=views,
            listed=expectedness(reaction_of(facts, self.zone), self.versions_of_rsi),
            sponsor_serious=self.seriousness.get(event_id),
            was_treated=self.was_treated(facts),
            situations=self.case.situations,
        )

    # Obligations

    @cached_property
    def moments(self) -> tuple[CaseMoment, ...]:
        """The case after each receipt, judged by the present opinions and reference safety information."""
        known: dict[int, Facts] = {}
        found, first = [], None
        for receipt in self.receipts:
            if receipt.event_id is not None and receipt.facts:
                known[receipt.event_id] = receipt.facts
            first = day_0(first, receipt.received_at, receipt.criteria)
            found.append(self._moment(receipt, known, first))
        return tuple(found)

    def _moment(self, receipt: Receipt, known: Mapping[int, Facts], first: datetime | None) -> CaseMoment:
        standing = {pk: facts for pk, facts in known.items() if is_standing(facts)}
        verdicts: dict[str, list[Susar]] = {judgement: [] for judgement in Judgement}
        determined: list[datetime] = []
        for pk, facts in standing.items():
            views = self._views_at(pk, facts, receipt.received_at)
            judged = self._susar_facts(pk, facts, views)
            for judgement in Judgement:
                verdicts[judgement].append(susar(judged, judgement))
            since = views[Side.SPONSOR].since
            if since is not None and susar(judged, Judgement.SPONSOR).is_susar:
                determined.append(since)
        serious = any(
            facts.get("serious") is True or self.seriousness.get(pk) is True or says_fatal(facts)
            for pk, facts in standing.items()
        )
        return CaseMoment(
            receipt=receipt.pk,
            received_at=receipt.received_at,
            day_0_at=first,
            site_aware_at=receipt.site_aware_at,
            is_significant=receipt.is_significant,
            was_released=self.released_at is not None and self.released_at <= receipt.received_at,
            is_serious=serious,
            verdicts={judgement: tuple(each) for judgement, each in verdicts.items()},
            determined_at=min(determined, default=None),
        )

    def _views_at(self, event_id: int, facts: Facts, at: datetime) -> Mapping[Side, SideView]:
        """The sponsor's present answers, and the investigators' as known at a time.

        Where the investigators had not answered by then, their later answer applies: a clock that started because of a
        missing answer ends when the cause is excluded, and does not start again with a yes.
        """
        every = self.opinions_of(event_id, facts, at)
        known = [one for one in every if one.side == Side.SPONSOR or one.given_at <= at]
        views = side_views(known)
        if views[Side.INVESTIGATOR].related is not None:
            return views
        latest = next((one for one in self.events if one.event.pk == event_id), None)
        later = latest.views[Side.INVESTIGATOR] if latest else views[Side.INVESTIGATOR]
        return {**views, Side.INVESTIGATOR: later}

    def owed(self) -> tuple[Owed, ...]:
        """Every obligation by the trial's rules and the receipts."""
        rules = ObligationRule.objects.filter(trial=self.case.trial_id)
        return owed(self.moments, [row.as_rule() for row in rules], self.zone)

    @property
    def day_0_at(self) -> datetime | None:
        """The sponsor's day 0 of the case."""
        return next((moment.day_0_at for moment in self.moments if moment.day_0_at), None)

    @property
    def is_assessed(self) -> bool:
        """Whether the sponsor has answered for every serious event of the case."""
        return all(
            one.views[Side.SPONSOR].related is not None
            for one in self.events
            if is_standing(one.facts) and (one.facts.get("serious") or one.sponsor_serious)
        )
