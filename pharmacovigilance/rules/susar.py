"""Whether an event is a suspected unexpected serious adverse reaction (SUSAR), by destination, with reasons.

Sources: Regulation (EU) 536/2014 Art. 42 and Annex III 2.1 to 2.2 (either assessor suffices; medication error, misuse
and pregnancy are reported like reactions), 21 CFR 312.32(a) and (c) (the sponsor's judgement of the cause; serious if
either says so), ICH E2A II.B and III.A.1; facts/safety.md 2.1 to 2.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from partial_dates.refusals import gettext_noop
from pharmacovigilance.choices import Judgement, Side
from pharmacovigilance.rules.causality import SideView
from pharmacovigilance.rules.expectedness import ExpectednessVerdict
from pharmacovigilance.rules.reasons import ReasonSentence

UNANSWERED = SideView(None)


@dataclass(frozen=True)
class SusarFacts:
    """One event of a case. Seriousness: None = not answered by that side.

    `was_treated` False: certainly no study product was given before onset. `situations` are reported like a reaction.
    """

    serious_by_site: bool | None
    serious_by_sponsor: bool | None
    is_fatal: bool
    is_life_threatening: bool
    views: Mapping[Side, SideView]
    expectedness: ExpectednessVerdict
    was_treated: bool = True
    situations: tuple[str, ...] = ()

    @property
    def is_serious(self) -> bool:
        """Either suffices, and a fatal or life-threatening event is serious whatever is recorded."""
        by_answer = self.serious_by_site is True or self.serious_by_sponsor is True
        return by_answer or self.is_worst

    @property
    def is_worst(self) -> bool:
        """Fatal or life-threatening: the short clock."""
        return self.is_fatal or self.is_life_threatening


@dataclass(frozen=True)
class Susar:
    """`is_susar`, the reasons in sentences, and the parts without an answer (`missing`: "causality", "expectedness")."""

    is_susar: bool
    is_worst: bool
    reasons: tuple[ReasonSentence, ...]
    missing: tuple[str, ...] = field(default=())


def susar(facts: SusarFacts, judgement: Judgement) -> Susar:
    """Whether it is a SUSAR by the rule of a destination: serious, suspected by `judgement`, unexpected."""
    suspected, cause, cause_missing = _suspected(facts, judgement)
    reasons = (_serious(facts), cause, facts.expectedness.reason)
    missing = (("causality",) if cause_missing else ()) + (
        ("expectedness",) if facts.expectedness.is_assumed else ()
    )
    is_one = facts.is_serious and suspected and (not facts.expectedness.expected or bool(facts.situations))
    return Susar(is_one, facts.is_worst, reasons, missing)


def _serious(facts: SusarFacts) -> ReasonSentence:
    if facts.is_fatal:
        return ReasonSentence(gettext_noop("Serious: fatal."))
    if facts.is_life_threatening:
        return ReasonSentence(gettext_noop("Serious: life-threatening."))
    if facts.serious_by_site is True and facts.serious_by_sponsor is False:
        return ReasonSentence(
            gettext_noop("Serious by the investigator, not by the sponsor; either suffices.")
        )
    if facts.serious_by_sponsor is True and facts.serious_by_site is not True:
        return ReasonSentence(
            gettext_noop("Serious by the sponsor, not by the investigator; either suffices.")
        )
    if facts.is_serious:
        return ReasonSentence(gettext_noop("Serious: yes."))
    return ReasonSentence(gettext_noop("Not serious, by everybody who answered."))


def _suspected(facts: SusarFacts, judgement: Judgement) -> tuple[bool, ReasonSentence, bool]:
    """Whether the cause is suspected, the reason, and whether an answer is missing."""
    if facts.situations:
        words = ", ".join(facts.situations)
        return True, ReasonSentence(SITUATION, {"situations": words}), False
    if not facts.was_treated:
        return (
            False,
            ReasonSentence(gettext_noop("Not suspected: no study product was given before onset.")),
            False,
        )
    site, sponsor = (facts.views.get(side, UNANSWERED) for side in (Side.INVESTIGATOR, Side.SPONSOR))
    return _by_sponsor(sponsor) if judgement == Judgement.SPONSOR else _by_either(site, sponsor)


def _by_sponsor(view: SideView) -> tuple[bool, ReasonSentence, bool]:
    if view.related is None:
        return True, ReasonSentence(SPONSOR_MISSING), True
    if view.related:
        return True, ReasonSentence(UNDETERMINED if view.is_undetermined else RELATED_BY_SPONSOR), False
    return (
        False,
        ReasonSentence(gettext_noop("Not related in the sponsor's judgement, which decides here.")),
        False,
    )


def _by_either(site: SideView, sponsor: SideView) -> tuple[bool, ReasonSentence, bool]:
    related = [view for view in (site, sponsor) if view.related]
    if any(not view.is_undetermined for view in related):
        both = site.related and sponsor.related
        one = RELATED_BY_INVESTIGATOR if site.related and not site.is_undetermined else RELATED_BY_SPONSOR
        return True, ReasonSentence(RELATED_BY_BOTH if both else one), False
    if related:
        return True, ReasonSentence(UNDETERMINED), False
    if site.related is None or sponsor.related is None:
        who = (
            "both"
            if site.related is sponsor.related
            else ("investigator" if site.related is None else "sponsor")
        )
        return True, ReasonSentence(MISSING[who]), True
    return False, ReasonSentence(gettext_noop("Not related, by investigator and sponsor.")), False


SITUATION = gettext_noop("Reported like a reaction: %(situations)s.")
UNDETERMINED = gettext_noop("Cause undetermined, so not excluded; counts as related.")
RELATED_BY_BOTH = gettext_noop("Related, by investigator and sponsor.")
RELATED_BY_INVESTIGATOR = gettext_noop("Related, by the investigator; either suffices.")
RELATED_BY_SPONSOR = gettext_noop("Related, in the sponsor's judgement.")
SPONSOR_MISSING = gettext_noop("Cause missing: the sponsor has not assessed it; counts as related.")
MISSING = {
    "both": gettext_noop("Cause missing: nobody has assessed it; counts as related."),
    "investigator": gettext_noop("Cause missing: the investigator has not assessed it; counts as related."),
    "sponsor": gettext_noop("Cause missing: the sponsor has not assessed it; counts as related."),
}
