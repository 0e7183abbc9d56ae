"""Which antigens an allele's protein carries, narrowest first: the split, then the broad antigen it belongs to.

A compact table of the WHO antigens as they stood before 2026: the antigen has the number of the allele's first field, except
where the table names another one (unambiguous assignments of common alleles, read beside the WMDA files of 2013). Rare alleles are not
in it, and releases differ (3,098 of 19,192 two-field proteins between WMDA 3.58 and HATS 3.64). `SEROLOGY_RELEASE` is stored with
every finding. C above Cw10, DP, DQA1 and DPA1 have no defined antigens.
"""

from collections.abc import Mapping
from types import MappingProxyType

from immunology.rules.antigens import PUBLIC_OF, lineage
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
            "B62": "B*15:01 B*15:04 B*15:05 B*15:06 B*15:07 B*15:15 B*15:20 B*15:24 B*15:25 B*15:27 B*15:28 B*15:30"
            " B*15:32 B*15:34 B*15:35 B*15:39",
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
            "B61": "B*40:02 B*40:03 B*40:04 B*40:06 B*40:09 B*40:11 B*40:16 B*40:20 B*40:27 B*40:29 B*40:35 B*40:50 B*40:53"
            " B*40:56",
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


def antigens_of(name: HlaName) -> tuple[str, ...]:
    """The antigens of an allele or antigen, narrowest first; none when the protein has no defined antigen."""
    if name.kind is NameKind.PUBLIC or name.kind is NameKind.NULL:
        return ()
    narrow = name.text if name.kind is NameKind.SEROLOGY else _narrowest(name)
    return lineage(narrow) if narrow else ()


def public_of(name: HlaName) -> str:
    """`Bw4` or `Bw6` when the name is one or its antigen carries it, else "" (none, or nobody says)."""
    if name.kind is NameKind.PUBLIC:
        return name.text
    return next((PUBLIC_OF[antigen] for antigen in antigens_of(name) if antigen in PUBLIC_OF), "")


def _narrowest(name: HlaName) -> str:
    if name.locus in _BY_LOCUS:
        return _BY_LOCUS[name.locus]
    if name.protein in _BY_PROTEIN:
        return _BY_PROTEIN[name.protein]
    series, numbers = _SERIES.get(name.locus, ("", frozenset()))
    number = int(name.fields[0])
    return f"{series}{number}" if number in numbers else ""
