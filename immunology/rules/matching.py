"""How closely the bead of an antibody assay represents an antigen of the donor.

Levels and their order: facts of the field (TXMatching, OPTN equivalency 2020), our decision for review by an
immunogeneticist. A sibling split shares only the broad antigen and is no donor-specific reactivity.
"""

from collections.abc import Sequence
from enum import IntEnum

from immunology.rules.antigens import ASSOCIATED
from immunology.rules.names import HlaName, NameKind
from immunology.rules.serology import COMPACT, Serology, antigens_of


class MatchLevel(IntEnum):
    """From unrelated to the same protein; only levels from BROAD_OR_PARENT on represent the donor's antigen."""

    NONE = 0
    NO_SEROLOGY = 1
    SIBLING_SPLIT = 2
    BROAD_OR_PARENT = 3
    ONE_CHAIN = 4
    SAME_ANTIGEN = 5
    P_GROUP = 6
    EXACT = 7


def match_names(donor: HlaName, bead: HlaName, serology: Serology = COMPACT) -> MatchLevel:
    """The level at which a bead's specificity stands for a donor's allele or antigen."""
    if NameKind.NULL in (donor.kind, bead.kind):
        return MatchLevel.NONE
    if donor.fields and bead.fields:
        return _match_alleles(donor, bead, serology)
    return _match_antigens(donor, bead, serology, both_alleles=False)


def _match_alleles(donor: HlaName, bead: HlaName, serology: Serology) -> MatchLevel:
    if donor.locus != bead.locus:
        return MatchLevel.NONE
    if len(donor.fields) > 1 and len(bead.fields) > 1 and donor.protein == bead.protein:
        return MatchLevel.P_GROUP if "P" in (donor.suffix, bead.suffix) else MatchLevel.EXACT
    group = serology.group_of.get(donor.protein)
    if group is not None and group == serology.group_of.get(bead.protein):
        return MatchLevel.P_GROUP
    return _match_antigens(donor, bead, serology, both_alleles=True)


def _match_antigens(donor: HlaName, bead: HlaName, serology: Serology, *, both_alleles: bool) -> MatchLevel:
    one, other = (_without_variants(antigens_of(name, serology)) for name in (donor, bead))
    if not one or not other:
        return MatchLevel.NO_SEROLOGY if both_alleles else MatchLevel.NONE
    if one[0] == other[0]:
        return MatchLevel.SAME_ANTIGEN
    if one[0] in other or other[0] in one:
        return MatchLevel.BROAD_OR_PARENT
    return MatchLevel.SIBLING_SPLIT if set(one) & set(other) else MatchLevel.NONE


def _without_variants(antigens: tuple[str, ...]) -> tuple[str, ...]:
    """An associated antigen (A203) counts as the antigen that it varies (A2)."""
    return antigens[1:] if antigens and antigens[0] in ASSOCIATED else antigens


def match_specificities(
    target: Sequence[HlaName], bead: Sequence[HlaName], serology: Serology = COMPACT
) -> MatchLevel:
    """The level between a target and a bead of one chain or two.

    Two dimers match as their weaker chain does. A dimer and a single chain (the donor's other chain is not typed, or
    the bead names one) match by that chain, as ONE_CHAIN at best.
    """
    if len(target) == len(bead):
        return min(match_names(donor, seen, serology) for donor, seen in zip(target, bead, strict=True))
    best = max(match_names(donor, seen, serology) for donor in target for seen in bead)
    return min(best, MatchLevel.ONE_CHAIN)
