"""Which of a donor's antigens are targets, and which beads of the laboratory's panel represent them.

A null allele is no target; a homozygous locus is one. DQ and DP are targets as heterodimers, in every pairing of the
donor's chains, when the panel has heterodimer beads and both chains are typed; else chain by chain. The best level at
which the panel has a bead decides which beads count (`matching`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from immunology.rules.matching import MatchLevel, match_specificities
from immunology.rules.names import HlaName, NameKind, chains, hla_class
from immunology.rules.serology import COMPACT, Serology

DIMERS = (("DQA1", "DQB1"), ("DPA1", "DPB1"))
MOST_ALLELES = 2
"""Alleles of one person at one locus."""
LOCI_OF_SERIES = {"Cw": "C", "DR": "DRB1", "DQ": "DQB1", "DP": "DPB1"}
"""The locus of an antigen's series, to check whether the donor is typed there."""
_LOCI_OF_ANTIGENS = {"DR51": "DRB5", "DR52": "DRB3", "DR53": "DRB4"}


@dataclass(frozen=True)
class Target:
    """One antigen of a donor: `text` as stored, its chains, its class."""

    text: str
    names: tuple[HlaName, ...]
    hla_class: str


@dataclass(frozen=True)
class Coverage:
    """The beads that represent a target, all at the same level; none when the panel has no bead for it."""

    level: MatchLevel
    beads: frozenset[str]

    @property
    def is_surrogate(self) -> bool:
        """Whether no bead carries the very protein."""
        return bool(self.beads) and self.level < MatchLevel.P_GROUP


def locus_of(name: HlaName) -> str:
    """The locus of an allele, or the one that an antigen's series belongs to."""
    series_locus = LOCI_OF_SERIES.get(name.locus, name.locus)
    return _LOCI_OF_ANTIGENS.get(name.text, series_locus)


def targets_of(typing: Iterable[str], panel: Iterable[str]) -> tuple[Target, ...]:
    """The targets of one donor, from the donor's alleles or antigens and the specificities of the panel, in order.

    Raises HlaNameError for a name that cannot be read.
    """
    names = {name.text: name for text in typing for name in chains(text)}
    expressed = [name for name in names.values() if name.kind in (NameKind.ALLELE, NameKind.SEROLOGY)]
    paired = _dimers(expressed, [chains(text) for text in panel])
    in_pairs = {name.text for pair in paired for name in pair}
    single = [(name,) for name in expressed if name.text not in in_pairs]
    return tuple(sorted((_target(found) for found in [*single, *paired]), key=lambda target: target.text))


def _dimers(names: Sequence[HlaName], panel: Sequence[Sequence[HlaName]]) -> list[tuple[HlaName, ...]]:
    """Every pairing of typed α and β chains at the loci for which the panel has heterodimer beads."""
    on_panel = {tuple(chain.locus for chain in bead) for bead in panel if len(bead) > 1}
    return [
        (alpha, beta)
        for pair in DIMERS
        if pair in on_panel
        for alpha in names
        if alpha.locus == pair[0]
        for beta in names
        if beta.locus == pair[1]
    ]


def _target(names: tuple[HlaName, ...]) -> Target:
    return Target("~".join(name.text for name in names), names, hla_class(names[0]))


def coverage_of(target: Target, panel: Iterable[str], serology: Serology = COMPACT) -> Coverage:
    """The beads of the panel that stand for the target best, by a table of antigens."""
    levels = {bead: match_specificities(target.names, chains(bead), serology) for bead in panel}
    best = max(levels.values(), default=MatchLevel.NONE)
    if best < MatchLevel.BROAD_OR_PARENT:
        return Coverage(MatchLevel.NONE, frozenset())
    return Coverage(best, frozenset(bead for bead, level in levels.items() if level is best))


def own_proteins(typing: Iterable[str]) -> frozenset[str]:
    """The proteins of a participant's own cells, to two fields: alleles and antigens that are expressed."""
    names = (name for text in typing for name in chains(text))
    return frozenset(name.protein for name in names if name.kind in (NameKind.ALLELE, NameKind.SEROLOGY))


def is_own(names: Iterable[HlaName], own: frozenset[str]) -> bool:
    """Whether the participant carries every chain of a target or a bead.

    An antigen is not one of its alleles.
    """
    return all(name.protein in own for name in names)


def untyped_loci(typing: Iterable[str], panel: Iterable[str]) -> tuple[str, ...]:
    """The loci of the panel without typing of the donor: nothing is known about them."""
    typed = {locus_of(name) for text in typing for name in chains(text)}
    looked_at = {
        locus_of(name) for text in panel for name in chains(text) if name.kind is not NameKind.PUBLIC
    }
    return tuple(sorted(looked_at - typed))
