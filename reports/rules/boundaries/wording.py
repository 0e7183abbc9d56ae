"""Designs and states in words: the same in the report and in the portal, in the reader's language there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from partial_dates.refusals import gettext_noop
from reports.rules.boundaries.designs import Design, OneArmDesign, StoppingRange, TwoArmDesign
from reports.rules.boundaries.one_arm import BetaBinomialBoundary, OBrienFlemingBoundary, PocockBoundary
from reports.rules.boundaries.reading import UndesignedError
from reports.rules.boundaries.states import BoundaryCounts
from reports.rules.boundaries.two_arms import TwoArmBoundary


@dataclass(frozen=True)
class WordingLanguage:
    """A language: `say` translates a sentence with its placeholders, `number` formats a number."""

    say: Callable[[str], str]
    number: Callable[[float, str], str]


ENGLISH = WordingLanguage(say=str, number=format)
"""The language of the report, on every machine."""


def in_advance_text(design: Design, words: WordingLanguage = ENGLISH) -> str:
    """What would prompt: `3 of 5, 5 of 10`, or for two arms `at 5 each: 4 against 0, 5 against 1`."""
    nowhere = words.say(gettext_noop("no number of participants that is planned"))
    if isinstance(design, TwoArmDesign):
        each = words.say(gettext_noop("at %(look)s each: %(pairs)s"))
        looks = (
            each % {"look": look, "pairs": _pairs(pairs, words)}
            for look, pairs in design.in_advance()
            if pairs
        )
        return "; ".join(looks) or nowhere
    points = ", ".join(_range_text(each, words) for each in design.in_advance()) or nowhere
    if design.designed_for:
        return points
    return words.say(gettext_noop("%(points)s; checked at every treated participant")) % {"points": points}


def _range_text(span: StoppingRange, words: WordingLanguage) -> str:
    treated = f"{span.first}" if span.first == span.last else f"{span.first}–{span.last}"
    return words.say(gettext_noop("%(fewest)s of %(treated)s")) % {"fewest": span.fewest, "treated": treated}


def _pairs(pairs: tuple[tuple[int, int], ...], words: WordingLanguage) -> str:
    """The pairs, in the order of the other arm's number."""
    pair = words.say(gettext_noop("%(fewest)s against %(other)s"))
    return ", ".join(pair % {"fewest": fewest, "other": other} for fewest, other in pairs)


def state_text(design: Design, state: BoundaryCounts) -> str:
    """The state of an arm: verdict, counts and evidence.

    At a look its first participants count; more may be treated.
    """
    word = "PROMPT" if state.prompts else "no prompt"
    counts, who = f"{state.affected} of the first {state.evaluable}", f"arm {state.arm}"
    if state.against:
        counts += f" against {state.affected_against} of the first {state.evaluable_against}"
        who += f" against {state.against}"
    return f"{who}: {word}, {counts} treated, {evidence_text(design, state)}"


def evidence_text(design: Design, state: BoundaryCounts, words: WordingLanguage = ENGLISH) -> str:
    """The compared figure, and its meaning."""
    if isinstance(design, OneArmDesign):
        return _one_arm_evidence(design, state, words)
    evidence = words.number(state.evidence, ".3f")
    if not design.rule.delta:
        return words.say(gettext_noop("posterior probability of a higher rate %(evidence)s")) % {
            "evidence": evidence
        }
    message = words.say(
        gettext_noop("posterior probability of a higher rate by more than %(margin)s %(evidence)s")
    )
    return message % {"margin": words.number(design.rule.delta, "g"), "evidence": evidence}


def _one_arm_evidence(design: OneArmDesign, state: BoundaryCounts, words: WordingLanguage) -> str:
    if isinstance(design.rule, BetaBinomialBoundary):
        message, evidence = (
            gettext_noop("posterior probability %(evidence)s"),
            words.number(state.evidence, ".3f"),
        )
    elif isinstance(design.rule, PocockBoundary):
        message = gettext_noop("probability of as many at the null rate %(evidence)s")
        evidence = words.number(state.evidence, ".4f")
    else:
        above, below = (
            gettext_noop("%(evidence)s above the number expected"),
            gettext_noop("%(evidence)s below the number expected"),
        )
        message, evidence = above if state.evidence >= 0 else below, words.number(abs(state.evidence), ".1f")
    return words.say(message) % {"evidence": evidence}


def rule_text(design: Design, words: WordingLanguage = ENGLISH) -> str:
    """The rule in a sentence, with its critical value."""
    if isinstance(design, TwoArmDesign):
        return _two_arm_rule(design.rule, words)
    rule = design.rule
    if isinstance(rule, BetaBinomialBoundary):
        message = gettext_noop("Pr(rate > %(rate)s | data) > %(threshold)s, prior %(prior)s")
        threshold, prior = words.number(rule.threshold, "g"), _prior(rule, words)
        return words.say(message) % {
            "rate": words.number(rule.null_rate, "g"),
            "threshold": threshold,
            "prior": prior,
        }
    if isinstance(rule, PocockBoundary):
        message = gettext_noop("P(as many or more | rate %(rate)s) ≤ %(level)s (Pocock type)")
        level = words.number(rule.nominal_level, ".4g")
        return words.say(message) % {"rate": words.number(rule.null_rate, "g"), "level": level}
    if isinstance(rule, OBrienFlemingBoundary):
        message = gettext_noop(
            "%(excess)s or more above what rate %(rate)s lets expect (O'Brien–Fleming type)"
        )
        excess = words.number(rule.excess, "g")
        return words.say(message) % {"excess": excess, "rate": words.number(rule.null_rate, "g")}
    raise TypeError(f"{type(rule).__name__}: no words for this rule.")


def _two_arm_rule(rule: TwoArmBoundary, words: WordingLanguage) -> str:
    message = gettext_noop(
        "Pr(rate > other arm's rate%(margin)s | data) > %(threshold)s in either direction, prior %(prior)s in both"
    )
    return words.say(message) % {
        "margin": f" + {words.number(rule.delta, 'g')}" if rule.delta else "",
        "threshold": words.number(rule.threshold, "g"),
        "prior": _prior(rule, words),
    }


def _prior(rule: BetaBinomialBoundary | TwoArmBoundary, words: WordingLanguage) -> str:
    message = words.say(gettext_noop("Beta(%(alpha)s, %(beta)s)"))
    return message % {
        "alpha": words.number(rule.prior_alpha, "g"),
        "beta": words.number(rule.prior_beta, "g"),
    }


def undesigned_text(error: UndesignedError, words: WordingLanguage = ENGLISH) -> str:
    """Why a boundary cannot be computed."""
    return words.say(error.message) % error.params
