"""The counts of the report: one line per participant, and counts with their denominators.

Two estimands, both in every arm: any anti-HLA antibody, and reactivity against the reference donor (whose cells were
infused, or would have been). A participant may be in several rows. `None` is "unknown", never "no".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from immunology.rules.calls import Call, Relation, Serum, call_of
from immunology.rules.codes import (
    BASELINE_NEGATIVE_CODES,
    DE_NOVO_CODES,
    INDETERMINATE_CODES,
    NOT_DE_NOVO_CODES,
    PREFORMED_CODES,
    Code,
    Flag,
)
from immunology.rules.trajectories import Anchor, relation_to
from trials.rules.protocol import AntibodyPlan


@dataclass(frozen=True)
class FindingLine:
    """One judged target of the reference donor."""

    code: Code
    peak_mfi: Decimal | None = None
    above_threshold: bool | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Summary:
    """One participant.

    `evaluable_days`: planned days with a valid serum; `is_exposed`: an infusion was given.
    """

    is_exposed: bool
    evaluable_days: frozenset[int]
    anti_hla_before: bool | None
    anti_hla_after: bool | None
    preformed_dsa: bool | None
    de_novo_dsa: bool | None
    above_threshold: bool | None
    indeterminate: bool | None
    peak_mfi: Decimal | None


def calls_around(
    sera: Iterable[Serum], t0: Anchor | None, plan: AntibodyPlan
) -> tuple[list[Call], list[Call]]:
    """The calls of the sera certainly before t0 and of those certainly after it; without a t0 all are before.

    The same order and the same validity as in a series against a donor: a serum of the day of the first infusion
    without a known order is on neither side, and an invalid one is no answer.
    """
    sides: dict[Relation, list[Call]] = {Relation.BEFORE: [], Relation.AFTER: []}
    for serum in sera:
        relation = Relation.BEFORE if t0 is None else relation_to(t0, serum)
        if relation in sides:
            sides[relation].append(call_of(serum, plan))
    return sides[Relation.BEFORE], sides[Relation.AFTER]


def summarise_participant(
    *,
    is_exposed: bool,
    evaluable_days: Iterable[int],
    before: Iterable[Call],
    after: Iterable[Call],
    findings: Sequence[FindingLine],
) -> Summary:
    """The line of one participant: all calls before and after t0, findings against the reference donor."""
    codes = {finding.code for finding in findings}
    thresholds = {f.above_threshold for f in findings if f.above_threshold is not None}
    return Summary(
        is_exposed=is_exposed,
        evaluable_days=frozenset(evaluable_days),
        anti_hla_before=any_positive(before),
        anti_hla_after=any_positive(after),
        preformed_dsa=any_says(codes, PREFORMED_CODES, BASELINE_NEGATIVE_CODES),
        de_novo_dsa=any_says(codes, DE_NOVO_CODES, NOT_DE_NOVO_CODES),
        above_threshold=any(thresholds) if thresholds else None,
        indeterminate=bool(codes & INDETERMINATE_CODES) if codes else None,
        peak_mfi=max((f.peak_mfi for f in findings if f.peak_mfi is not None), default=None),
    )


def any_positive(calls: Iterable[Call]) -> bool | None:
    """Yes with any positive; no only when everything valid was negative.

    Grey alone, or nothing valid, is neither.
    """
    valid = {call for call in calls if call is not Call.INVALID}
    if Call.POSITIVE in valid:
        return True
    return None if not valid or Call.GREY in valid else False


def any_says(codes: Iterable[Code], yes: frozenset[Code], no: frozenset[Code]) -> bool | None:
    """Yes with any target of this answer; unknown with any indeterminate one; no with some target of "no"."""
    found = set(codes)
    if found & yes:
        return True
    if found & INDETERMINATE_CODES:
        return None
    return False if found & no else None


@dataclass(frozen=True)
class OtherCauses:
    """Other possible causes of a participant's antibodies; `None` is "unknown"."""

    possible_passive: bool | None
    other_sensitiser: bool | None
    transfusions_not_recorded: bool | None
    self_antigen: bool | None


def other_causes(findings: Sequence[FindingLine], *, is_followed: bool, is_typed: bool) -> OtherCauses:
    """The flags of a participant's targets as answers.

    A "no" needs a serum afterwards, and for blood products an answer for every day; for an own antigen the
    participant's own typing.
    """
    flags = {flag for finding in findings for flag in finding.flags}
    unrecorded = Flag.TRANSFUSIONS_NOT_RECORDED in flags

    def answer(flag: Flag, *, may_deny: bool) -> bool | None:
        return True if flag in flags else (False if may_deny else None)

    return OtherCauses(
        possible_passive=answer(Flag.POSSIBLE_PASSIVE, may_deny=is_followed and not unrecorded),
        other_sensitiser=answer(Flag.OTHER_SENSITISER, may_deny=is_followed and not unrecorded),
        transfusions_not_recorded=answer(Flag.TRANSFUSIONS_NOT_RECORDED, may_deny=is_followed),
        self_antigen=answer(Flag.SELF_ANTIGEN, may_deny=bool(findings) and is_typed),
    )
