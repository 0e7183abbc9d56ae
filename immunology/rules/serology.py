"""Which antigens an allele's protein carries, narrowest first: the split, then the broad antigen it belongs to.

A compact table of the WHO antigens as they stood before 2026, from general knowledge of the nomenclature and not
checked against a release: rare alleles differ between releases (3,098 of 19,192 two-field proteins between WMDA
3.58 and HATS 3.64). `SEROLOGY_RELEASE` is stored with every finding, and a reference importer replaces the table.
C above Cw10, DP, DQA1 and DPA1 have no defined antigens.
"""

from collections.abc import Mapping
from types import MappingProxyType

from immunology.rules.names import HlaName, NameKind

SEROLOGY_RELEASE = "compact-1"

BROAD_OF: Mapping[str, str] = MappingProxyType(
    {
        split: broad
        for broad, splits in {
            "A9": "A23 A24",
            "A10": "A25 A26 A34 A66",
            "A19": "A29 A30 A31 A32 A33 A74",
            "A28": "A68 A69",
            "B5": "B51 B52",
            "B12": "B44 B45",
            "B14": "B64 B65",
            "B15": "B62 B63 B75 B76 B77",
            "B16": "B38 B39",
            "B17": "B57 B58",
            "B21": "B49 B50",
            "B22": "B54 B55 B56",
            "B40": "B60 B61",
            "B70": "B71 B72",
            "Cw3": "Cw9 Cw10",
            "DR2": "DR15 DR16",
            "DR3": "DR17 DR18",
            "DR5": "DR11 DR12",
            "DR6": "DR13 DR14",
            "DQ1": "DQ5 DQ6",
            "DQ3": "DQ7 DQ8 DQ9",
        }.items()
        for split in splits.split()
    }
)

_BY_PROTEIN: Mapping[str, str] = MappingProxyType(
    {
        protein: antigen
        for antigen, proteins in {
            "B64": "B*14:01",
            "B65": "B*14:02",
            "B62": "B*15:01 B*15:04 B*15:05 B*15:06 B*15:07",
            "B63": "B*15:16 B*15:17",
            "B71": "B*15:10 B*15:18",
            "B72": "B*15:03",
            "B75": "B*15:02 B*15:08 B*15:11 B*15:21",
            "B76": "B*15:12",
            "B77": "B*15:13",
            "B60": "B*40:01",
            "B61": "B*40:02 B*40:03 B*40:04 B*40:06",
            "Cw9": "C*03:03",
            "Cw10": "C*03:02 C*03:04",
            "DR103": "DRB1*01:03",
            "DR17": "DRB1*03:01",
            "DR18": "DRB1*03:02",
            "DR1403": "DRB1*14:03",
            "DR1404": "DRB1*14:04",
            "DQ7": "DQB1*03:01",
            "DQ8": "DQB1*03:02",
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
    if not narrow:
        return ()
    broad = BROAD_OF.get(narrow)
    return (narrow, broad) if broad else (narrow,)


def _narrowest(name: HlaName) -> str:
    if name.locus in _BY_LOCUS:
        return _BY_LOCUS[name.locus]
    if name.protein in _BY_PROTEIN:
        return _BY_PROTEIN[name.protein]
    series, numbers = _SERIES.get(name.locus, ("", frozenset()))
    number = int(name.fields[0])
    return f"{series}{number}" if number in numbers else ""
