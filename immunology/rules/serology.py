"""The antigens of an allele's protein, narrowest first: the split, then its broad antigen.

A compact table of the WHO antigens as before 2026: the antigen has the number of the allele's first field, except where
the table has another one (unambiguous assignments of common alleles, compared with the WMDA files of 2013). Rare
alleles are not in it, and releases differ (3,098 of 19,192 two-field proteins between WMDA 3.58 and HATS 3.64).
`SEROLOGY_RELEASE` is stored with every finding. C above Cw10, DP, DQA1 and DPA1 have no defined antigens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from immunology.rules.antigens import PARENT_OF, PUBLIC_OF
from immunology.rules.names import HlaName, NameKind

SEROLOGY_RELEASE = "compact-2"

_BY_PROTEIN: Mapping[str, str] = MappingProxyType(
    {
        protein: antigen
        for antigen, proteins in {
            "A203": "A*02:03",
            "A210": "A*02:10",
            "A2403": "A*24:03",
            "B703": "B*07:03",
            "B64": "B*14:01",
            "B65": "B*14:02",
            "B62": "B*15:01 B*15:04 B*15:05 B*15:06 B*15:07 B*15:15 B*15:20 B*15:24 B*15:25 B*15:27 B*15:28"
            " B*15:30 B*15:32 B*15:34 B*15:35 B*15:39",
            "B63": "B*15:16 B*15:17",
            "B70": "B*15:09 B*15:37 B*15:51",
            "B71": "B*15:10 B*15:18",
            "B72": "B*15:03 B*15:46",
            "B75": "B*15:02 B*15:08 B*15:11 B*15:21 B*15:31",
            "B76": "B*15:12 B*15:14 B*15:19",
            "B77": "B*15:13",
            "B2708": "B*27:08",
            "B3901": "B*39:01",
            "B3902": "B*39:02",
            "B60": "B*40:01 B*40:07 B*40:10 B*40:14 B*40:31 B*40:34 B*40:48 B*40:52 B*40:54",
            "B61": "B*40:02 B*40:03 B*40:04 B*40:06 B*40:09 B*40:11 B*40:16 B*40:20 B*40:27 B*40:29 B*40:35"
            " B*40:50 B*40:53 B*40:56",
            "B4005": "B*40:05",
            "B45": "B*50:02",
            "B5102": "B*51:02",
            "B5103": "B*51:03",
            "Cw9": "C*03:03",
            "Cw10": "C*03:02 C*03:04",
            "DR103": "DRB1*01:03",
            "DR17": "DRB1*03:01 DRB1*03:04",
            "DR18": "DRB1*03:02 DRB1*03:03",
            "DR1403": "DRB1*14:03",
            "DR1404": "DRB1*14:04",
            "DQ7": "DQB1*03:01 DQB1*03:04",
            "DQ8": "DQB1*03:02 DQB1*03:05",
            "DQ9": "DQB1*03:03",
        }.items()
        for protein in proteins.split()
    }
)

_SERIES: Mapping[str, tuple[str, frozenset[int]]] = MappingProxyType(
    {
        "A": (
            "A",
            frozenset({1, 2, 3, 11, 23, 24, 25, 26, 29, 30, 31, 32, 33, 34, 36, 43, 66, 68, 69, 74, 80}),
        ),
        "B": (
            "B",
            frozenset({7, 8, 13, 14, 18, 27, 35, 37, 38, 39, 40, 41, 42, 44, 45, 46, 47, 48, 49, 50, 51, 52})
            | frozenset({53, 54, 55, 56, 57, 58, 59, 67, 73, 78, 81, 82}),
        ),
        "C": ("Cw", frozenset({1, 2, 3, 4, 5, 6, 7, 8})),
        "DRB1": ("DR", frozenset({1, 3, 4, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})),
        "DQB1": ("DQ", frozenset({2, 3, 4, 5, 6})),
    }
)
"""Loci whose first field is the antigen's number, and the numbers that are antigens."""

_BY_LOCUS: Mapping[str, str] = MappingProxyType({"DRB3": "DR52", "DRB4": "DR53", "DRB5": "DR51"})


@dataclass(frozen=True, eq=False)
class Serology:
    """A table of antigens: `antigen_of` by protein (two fields).

    `parent_of` from an antigen to its broader one, `group_of` from a protein to its P group. A table is equal to
    itself alone, so that it can be the key of a cache.
    """

    release: str
    antigen_of: Mapping[str, str] | None
    parent_of: Mapping[str, str]
    group_of: Mapping[str, str] = field(default_factory=dict)

    def lineage(self, antigen: str) -> tuple[str, ...]:
        """An antigen and every broader one, narrowest first."""
        found = [antigen]
        while found[-1] in self.parent_of and len(found) < LONGEST_LINEAGE:
            found.append(self.parent_of[found[-1]])
        return tuple(found)

    def narrowest(self, name: HlaName) -> str:
        """The narrowest antigen of an allele, "" when it has none."""
        if self.antigen_of is None or len(name.fields) <= 1:
            return _narrowest(name)
        return self.antigen_of.get(name.protein, "")


LONGEST_LINEAGE = 4
"""A variant, a split, a broad antigen, and one to spare: a damaged table must not cause an endless loop."""
COMPACT = Serology(SEROLOGY_RELEASE, None, PARENT_OF)
"""The table of this project, in use without a release."""


def serology_of_release(
    name: str,
    antigen_of: Mapping[str, str],
    parent_of: Mapping[str, str],
    group_of: Mapping[str, str] | None = None,
) -> Serology:
    """The table of a release, whose alleles have up to four fields.

    Of the alleles of one protein the first with normal expression counts.
    """
    by_protein: dict[str, str] = {}
    for allele in sorted(antigen_of, key=lambda text: (text[-1].isalpha(), text)):
        locus, _, fields = allele.partition("*")
        protein = ":".join(fields.rstrip("NLSCAQ").split(":")[:2])
        by_protein.setdefault(f"{locus}*{protein}", antigen_of[allele])
    return Serology(name, by_protein, parent_of, group_of or {})


def antigens_of(name: HlaName, serology: Serology = COMPACT) -> tuple[str, ...]:
    """The antigens of an allele or antigen, narrowest first; none when the protein has no defined antigen."""
    if name.kind is NameKind.PUBLIC or name.kind is NameKind.NULL:
        return ()
    narrow = name.text if name.kind is NameKind.SEROLOGY else serology.narrowest(name)
    return serology.lineage(narrow) if narrow else ()


def public_of(name: HlaName, serology: Serology = COMPACT) -> str:
    """`Bw4` or `Bw6` when the name is one or its antigen carries it, else "" (none, or unknown)."""
    if name.kind is NameKind.PUBLIC:
        return name.text
    antigens = antigens_of(name, serology)
    return next((PUBLIC_OF[antigen] for antigen in antigens if antigen in PUBLIC_OF), "")


def _narrowest(name: HlaName) -> str:
    if name.locus in _BY_LOCUS:
        return _BY_LOCUS[name.locus]
    if name.protein in _BY_PROTEIN:
        return _BY_PROTEIN[name.protein]
    series, numbers = _SERIES.get(name.locus, ("", frozenset()))
    number = int(name.fields[0])
    return f"{series}{number}" if number in numbers else ""
