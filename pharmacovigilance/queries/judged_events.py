"""One event with everything derived from it: opinions, expectedness, SUSAR. Read only, blinded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import RecordSignature
from events.models import AdverseEvent
from pharmacovigilance.choices import Judgement, Side, Situation, SuspectCause
from pharmacovigilance.models import CausalityAssessment, RsiVersion
from pharmacovigilance.queries.event_facts import Facts, reaction_of, says_fatal
from pharmacovigilance.rules.causality import Opinion, SideView, disagree, side_views
from pharmacovigilance.rules.expectedness import ExpectednessVerdict, ListedTerm, RsiFacts, expectedness
from pharmacovigilance.rules.susar import Susar, SusarFacts, susar
from trials.rules.protocol import CausalityCategory

SITE_RECORD = "clinical record"
"""The author of the investigator's first answer: the cause in the clinical record itself."""


@dataclass(frozen=True)
class JudgedEvent:
    """One event of a case with everything derived from it."""

    event: AdverseEvent
    facts: Facts
    opinions: tuple[Opinion, ...]
    sponsor_serious: bool | None
    views: Mapping[Side, SideView]
    expectedness: ExpectednessVerdict
    susars: Mapping[Judgement, Susar]

    @property
    def disagree(self) -> bool | None:
        """Whether investigator and sponsor disagree on the cause."""
        return disagree(self.views)


@dataclass(frozen=True)
class JudgingBasis:
    """The common input for a trial's events: zone, categories of the cause, signed reference safety information."""

    zone: str
    categories: Mapping[str, CausalityCategory]
    rsi: Sequence[RsiFacts]


def judge_event(
    event: AdverseEvent,
    facts: Facts,
    *,
    basis: JudgingBasis,
    answers: Iterable[CausalityAssessment],
    sponsor_serious: bool | None,
    first_infusion_at: datetime | None,
    has_infusion: bool,
    situations: Iterable[str],
) -> JudgedEvent:
    """The event with these facts, judged by all answers about it."""
    opinions = opinions_of_event(answers, facts, event.recorded_at, basis.categories)
    views = side_views(opinions)
    listed = expectedness(reaction_of(facts, basis.zone), basis.rsi)
    judged = susar_facts(
        facts,
        views=views,
        listed=listed,
        sponsor_serious=sponsor_serious,
        was_treated=was_treated_before(facts, first_infusion_at, has_infusion=has_infusion),
        situations=situations,
    )
    susars = {judgement: susar(judged, judgement) for judgement in Judgement}
    return JudgedEvent(event, facts, opinions, sponsor_serious, views, listed, susars)


def opinions_of_event(
    answers: Iterable[CausalityAssessment],
    facts: Facts,
    at: datetime,
    categories: Mapping[str, CausalityCategory],
) -> tuple[Opinion, ...]:
    """Signed answers, and the cause in the clinical record as the first answer of the investigator's side."""
    given = [
        Opinion(a.side, a.cause, str(a.assessed_by_id), a.is_related, a.is_undetermined, a.assessed_at)
        for a in answers
    ]
    category = categories.get(facts.get("causality") or "")
    if category is not None:
        record = (SITE_RECORD, category.is_related, category.is_undetermined, at)
        given.insert(0, Opinion(Side.INVESTIGATOR, SuspectCause.STUDY_PRODUCT, *record))
    return tuple(given)


def susar_facts(
    facts: Facts,
    *,
    views: Mapping[Side, SideView],
    listed: ExpectednessVerdict,
    sponsor_serious: bool | None,
    was_treated: bool,
    situations: Iterable[str],
) -> SusarFacts:
    """The input of the SUSAR rule."""
    return SusarFacts(
        serious_by_site=facts.get("serious"),
        serious_by_sponsor=sponsor_serious,
        is_fatal=says_fatal(facts),
        is_life_threatening=facts.get("life_threatening") is True,
        views=views,
        expectedness=listed,
        was_treated=was_treated,
        situations=tuple(str(Situation(one).label) for one in situations),
    )


def was_treated_before(facts: Facts, first_infusion_at: datetime | None, *, has_infusion: bool) -> bool:
    """Whether study product can have been given before onset; only certainty excludes it."""
    if first_infusion_at is None:
        return has_infusion
    latest = facts.get("onset_latest_at")
    return latest is None or datetime.fromisoformat(latest) >= first_infusion_at


def signed_rsi(trial_id: int, *, until: datetime | None = None) -> list[RsiFacts]:
    """The signed versions, up to and including `until`, with their terms (three queries)."""
    label = RsiVersion._meta.label_lower
    signatures = RecordSignature.objects.filter(subject=label, trial_id=trial_id)
    if until is not None:
        signatures = signatures.filter(signed_at__lte=until)
    signed = signatures.values_list("subject_id", flat=True)
    rows = RsiVersion.objects.filter(trial=trial_id, pk__in=set(signed)).prefetch_related("terms")
    return [RsiFacts(row.label, row.effective_date, _terms(row)) for row in rows]


def _terms(row: RsiVersion) -> tuple[ListedTerm, ...]:
    return tuple(ListedTerm(t.dictionary, t.code, t.term, t.worst_grade) for t in row.terms.all())


def opinions_in_words(judged: JudgedEvent) -> list[dict[str, Any]]:
    """The current answers in the form of a version, by side and cause."""
    return [
        {
            "side": one.side,
            "cause": one.cause,
            "related": one.is_related,
            "undetermined": one.is_undetermined,
            "given_at": one.given_at.isoformat(),
        }
        for one in judged.opinions
    ]
