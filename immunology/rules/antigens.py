"""The WHO's serological HLA antigens: their broad antigens, and which carry Bw4 or Bw6.

A table of our own, from the list of recognised specificities in the WHO's Nomenclature report of 2010 (Marsh SGE et
al., Tissue Antigens 2010;75:291, list of antigens and their splits and associated antigens). Antigens as before the
nomenclature of 2026. It is used until an operator imports a release (`manage.py import_imgthla`), and without one.
"""

from collections.abc import Mapping
from types import MappingProxyType


def _listed(series: str, numbers: str) -> frozenset[str]:
    return frozenset(f"{series}{number}" for number in numbers.split())


ANTIGENS: frozenset[str] = (
    _listed("A", "1 2 203 210 3 9 10 11 19 23 24 2403 25 26 28 29 30 31 32 33 34 36 43 66 68 69 74 80")
    | _listed(
        "B", "5 7 703 8 12 13 14 15 16 17 18 21 22 27 2708 35 37 38 39 3901 3902 40 4005 41 42 44 45 46 47"
    )
    | _listed(
        "B",
        "48 49 50 51 5102 5103 52 53 54 55 56 57 58 59 60 61 62 63 64 65 67 70 71 72 73 75 76 77 78 81 82",
    )
    | _listed("Cw", "1 2 3 4 5 6 7 8 9 10")
    | _listed("DR", "1 103 2 3 4 5 6 7 8 9 10 11 12 13 14 1403 1404 15 16 17 18 51 52 53")
    | _listed("DQ", "1 2 3 4 5 6 7 8 9")
    | _listed("DPw", "1 2 3 4 5 6")
)
"""Antigens that antibodies are reported against.

Bw4 and Bw6 are public; the Dw specificities are defined by cells.
"""

_CHILDREN: Mapping[str, str] = {
    "A2": "A203 A210",
    "A9": "A23 A24",
    "A10": "A25 A26 A34 A66",
    "A19": "A29 A30 A31 A32 A33 A74",
    "A24": "A2403",
    "A28": "A68 A69",
    "B5": "B51 B52",
    "B7": "B703",
    "B12": "B44 B45",
    "B14": "B64 B65",
    "B15": "B62 B63 B75 B76 B77",
    "B16": "B38 B39",
    "B17": "B57 B58",
    "B21": "B49 B50 B4005",
    "B22": "B54 B55 B56",
    "B27": "B2708",
    "B39": "B3901 B3902",
    "B40": "B60 B61",
    "B51": "B5102 B5103",
    "B70": "B71 B72",
    "Cw3": "Cw9 Cw10",
    "DR1": "DR103",
    "DR2": "DR15 DR16",
    "DR3": "DR17 DR18",
    "DR5": "DR11 DR12",
    "DR6": "DR13 DR14",
    "DR14": "DR1403 DR1404",
    "DQ1": "DQ5 DQ6",
    "DQ3": "DQ7 DQ8 DQ9",
}

PARENT_OF: Mapping[str, str] = MappingProxyType(
    {child: parent for parent, children in _CHILDREN.items() for child in children.split()}
)
"""The next broader antigen of a split or of an associated antigen."""

ASSOCIATED: frozenset[str] = frozenset(
    [
        "A203",
        "A210",
        "A2403",
        "B703",
        "B2708",
        "B3901",
        "B3902",
        "B4005",
        "B5102",
        "B5103",
        "DR103",
        "DR1403",
        "DR1404",
    ]
)
"""Variants of an antigen, which are no splits: an antibody against A2 reacts with A203."""

_BW4 = (
    "A9 A23 A24 A2403 A25 A32 B5 B5102 B5103 B13 B17 B27 B37 B38 B44 B47 B49 B51 B52 B53 B57 B58 B59 B63 B77"
)
_BW6 = (
    "B7 B703 B8 B14 B18 B22 B2708 B35 B39 B3901 B3902 B40 B4005 B41 B42 B45 B46 B48 B50 B54 B55 B56 B60 B61 B62 B64"
    " B65 B67 B70 B71 B72 B73 B75 B76 B78 B81 B82"
)
PUBLIC_OF: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(_BW4.split(), "Bw4") | dict.fromkeys(_BW6.split(), "Bw6")
)
"""Which of Bw4 and Bw6 an antigen carries; for those not in the table (A1, B15, Cw7 …) it is unknown."""


def lineage(antigen: str) -> tuple[str, ...]:
    """An antigen and every broader one it belongs to, narrowest first: `B5102`, `B51`, `B5`."""
    found = [antigen]
    while found[-1] in PARENT_OF:
        found.append(PARENT_OF[found[-1]])
    return tuple(found)
