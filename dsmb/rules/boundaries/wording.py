"""Designs and states in words: the same in the report and in the portal."""

from __future__ import annotations

from dsmb.rules.boundaries.designs import Design, OneArmDesign, TwoArmDesign
from dsmb.rules.boundaries.one_arm import BetaBinomialBoundary, OBrienFlemingBoundary, PocockBoundary
from dsmb.rules.boundaries.states import BoundaryCounts
from dsmb.rules.boundaries.two_arms import TwoArmBoundary

NOWHERE = "no number of participants that is planned"


def in_advance_text(design: Design) -> str:
    """What would prompt: `3 of 5, 5 of 10`, or for two arms `at 5 each: 4 against 0, 5 against 1`."""
    if isinstance(design, TwoArmDesign):
        looks = (f"at {look} each: {_pairs(pairs)}" for look, pairs in design.in_advance() if pairs)
        return "; ".join(looks) or NOWHERE
    points = ", ".join(str(each) for each in design.in_advance()) or NOWHERE
    return points if design.designed_for else f"{points}; checked at every treated participant"


def _pairs(pairs: tuple[tuple[int, int], ...]) -> str:
    """The pairs, in the order of the other arm's number."""
    return ", ".join(f"{fewest} against {other}" for fewest, other in pairs)


def state_text(design: Design, state: BoundaryCounts) -> str:
    """Where an arm stands: verdict, counts and evidence. At a look its first participants count; more may be treated."""
    word = "PROMPT" if state.prompts else "no prompt"
    counts, who = f"{state.affected} of the first {state.evaluable}", f"arm {state.arm}"
    if state.against:
        counts += f" against {state.affected_against} of the first {state.evaluable_against}"
        who += f" against {state.against}"
    return f"{who}: {word}, {counts} treated, {evidence_text(design, state)}"


def evidence_text(design: Design, state: BoundaryCounts) -> str:
    """The figure that is compared, and what it is."""
    if isinstance(design, TwoArmDesign):
        more = f" by more than {design.rule.delta:g}" if design.rule.delta else ""
        return f"posterior probability of a higher rate{more} {state.evidence:.3f}"
    return _one_arm_evidence(design, state)


def _one_arm_evidence(design: OneArmDesign, state: BoundaryCounts) -> str:
    rule = design.rule
    if isinstance(rule, BetaBinomialBoundary):
        return f"posterior probability {state.evidence:.3f}"
    if isinstance(rule, PocockBoundary):
        return f"probability of as many at the null rate {state.evidence:.4f}"
    return f"{abs(state.evidence):.1f} {'above' if state.evidence >= 0 else 'below'} the number expected"


def rule_text(design: Design) -> str:
    """The rule in a sentence, with its critical value."""
    if isinstance(design, TwoArmDesign):
        return _two_arm_rule(design.rule)
    rule = design.rule
    if isinstance(rule, BetaBinomialBoundary):
        prior = f"Beta({rule.prior_alpha:g}, {rule.prior_beta:g})"
        return f"Pr(rate > {rule.null_rate:g} | data) > {rule.threshold:g}, prior {prior}"
    if isinstance(rule, PocockBoundary):
        return f"P(as many or more | rate {rule.null_rate:g}) ≤ {rule.nominal_level:.4g} (Pocock type)"
    if isinstance(rule, OBrienFlemingBoundary):
        return (
            f"{rule.excess:g} or more above what rate {rule.null_rate:g} lets expect (O'Brien–Fleming type)"
        )
    raise TypeError(f"{type(rule).__name__}: no words for this rule.")


def _two_arm_rule(rule: TwoArmBoundary) -> str:
    prior = f"Beta({rule.prior_alpha:g}, {rule.prior_beta:g})"
    margin = f" + {rule.delta:g}" if rule.delta else ""
    return f"Pr(rate > other arm's rate{margin} | data) > {rule.threshold:g} in either direction, prior {prior} in both"
