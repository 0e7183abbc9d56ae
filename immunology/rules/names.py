"""The parsing of HLA specificities, and the kinds of names.

WHO nomenclature since 2010 (Marsh SGE et al., Tissue Antigens 2010;75:291): `A*02:01:01:01`, suffix N = not
expressed, L Q S C A = expression altered, G (three fields) and P (two fields) = groups; antigens without `*`
(`A2`, `Cw7`, `DR17`, `B64(14)`). Alleles are read to two fields, since antibodies see the protein.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from immunology.rules.antigens import ANTIGENS, lineage
from immunology.rules.old_names import LOCI, modern_name


class NameKind(StrEnum):
    """The kind of a name. A null allele is not expressed and is never a target; Bw4 and Bw6 are public."""

    ALLELE = "allele"
    NULL = "null"
    SEROLOGY = "serology"
    PUBLIC = "public"


class HlaNameError(ValueError):
    """The text is no HLA name; the message has the reason. `suggestion` is the probable name, or ""."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.suggestion = suggestion


class OldNameError(HlaNameError):
    """A name of the nomenclature before 2010."""


@dataclass(frozen=True)
class HlaName:
    """A name: `text` in canonical form, its `locus` (`A`, `DRB1`, … or the antigen's series `A`, `DR`)."""

    kind: NameKind
    text: str
    locus: str
    fields: tuple[str, ...] = ()
    suffix: str = ""

    @property
    def protein(self) -> str:
        """The allele to two fields without suffix, such as `A*02:01`; an antigen's own text."""
        return f"{self.locus}*{':'.join(self.fields[:2])}" if self.fields else self.text


_PREFIX = re.compile(r"^HLA[\s_-]*", re.IGNORECASE)
_ALLELE = re.compile(
    rf"(?P<locus>{LOCI})\s*\*\s*(?P<fields>\d+(?::\d+){{0,3}})(?P<suffix>[A-Z]?)", re.IGNORECASE
)
_ANTIGEN = re.compile(
    r"(?P<series>A|Bw|B|Cw|C|DR|DQ|DPw|DP)(?P<number>[1-9]\d{0,3})(?:\s*\(\s*w?(?P<broad>[1-9]\d{0,3})\s*\))?",
    re.IGNORECASE,
)
_SERIES = {"A": "A", "B": "B", "C": "Cw", "CW": "Cw", "DR": "DR", "DQ": "DQ", "DP": "DPw", "DPW": "DPw"}
"""How the antigens of a series begin, by how laboratories write it."""
_PUBLIC = frozenset({"Bw4", "Bw6"})
_FIELDS_OF_GROUP = {"G": 3, "P": 2}
_EXPRESSION = frozenset("NLSCAQ")
_SHORTEST_FIELD, _LONGEST_FIELD = 2, 4
_CHAINS_OF_A_HETERODIMER = 2
_LONGEST_FIRST_FIELD = {"DPB1": 4}
"""Digits of the longest first field: DPB1 has more than 999 allele groups, every other locus has two digits."""


def parse_name(text: str) -> HlaName:
    """Read one specificity, with or without the prefix `HLA-`, in upper or lower case.

    Raises OldNameError for names of the nomenclature before 2010 (`A*0201`, `Cw*07:02`, `DRw52`) and
    HlaNameError for anything else that is no name (ambiguity codes, lists, unknown antigens). Heterodimers are
    read by `chains`.
    """
    written = _PREFIX.sub("", text.strip())
    old = modern_name(written)
    if old is not None:
        raise OldNameError(f"pre-2010 nomenclature: {written}", old)
    allele = _ALLELE.fullmatch(written)
    if allele:
        return _allele(allele, written)
    antigen = _ANTIGEN.fullmatch(written)
    if antigen:
        return _antigen(antigen, written)
    raise _no_name(written)


def _allele(match: re.Match[str], written: str) -> HlaName:
    """G and P groups keep all their fields; an allele keeps two and its expression suffix."""
    locus, suffix = match["locus"].upper(), match["suffix"].upper()
    fields = tuple(match["fields"].split(":"))
    if not _are_fields(locus, fields) or not _is_suffix_of(suffix, fields):
        raise _no_name(written)
    kept = fields if suffix in _FIELDS_OF_GROUP else fields[:2]
    kind = NameKind.NULL if suffix == "N" else NameKind.ALLELE
    return HlaName(kind, f"{locus}*{':'.join(kept)}{suffix}", locus, fields, suffix)


def _are_fields(locus: str, fields: tuple[str, ...]) -> bool:
    """Two digits at least; more only when needed, so without a leading zero."""
    widths_fit = all(
        _SHORTEST_FIELD <= len(field) <= _LONGEST_FIELD and (len(field) == _SHORTEST_FIELD or field[0] != "0")
        for field in fields
    )
    return widths_fit and len(fields[0]) <= _LONGEST_FIRST_FIELD.get(locus, _SHORTEST_FIELD)


def _is_suffix_of(suffix: str, fields: tuple[str, ...]) -> bool:
    if suffix in _FIELDS_OF_GROUP:
        return len(fields) == _FIELDS_OF_GROUP[suffix]
    return not suffix or (suffix in _EXPRESSION and len(fields) > 1)


def _antigen(match: re.Match[str], written: str) -> HlaName:
    series, number = match["series"].upper(), match["number"]
    if series == "BW":
        if f"Bw{number}" in _PUBLIC and not match["broad"]:
            return HlaName(NameKind.PUBLIC, f"Bw{number}", "B")
        raise _no_name(written)
    text = f"{_SERIES[series]}{number}"
    if text not in ANTIGENS or (match["broad"] and not _is_broader(text, match["broad"])):
        raise _no_name(written)
    return HlaName(NameKind.SEROLOGY, text, series[:2] if series[0] == "D" else _SERIES[series])


def _is_broader(antigen: str, number: str) -> bool:
    """Whether the number in brackets is that of a broader antigen: 14 of B64."""
    series = antigen.rstrip("0123456789")
    return f"{series}{number}" in lineage(antigen)[1:]


_WITHOUT_ZEROS = re.compile(
    rf"({LOCI})\*(\d(?::\d{{1,4}}){{1,3}}|\d{{2,4}}(?::\d{{1,4}}){{1,3}})([A-Z]?)", re.IGNORECASE
)
_CODE = re.compile(rf"({LOCI})\*(\d{{2,4}}):[A-Z]{{2,5}}", re.IGNORECASE)
_ZERO_BEFORE = re.compile(r"(A|B|Cw?|DR|DQ|DP)0+(\d)", re.IGNORECASE)


def _no_name(written: str) -> HlaNameError:
    return HlaNameError(f"not an HLA name: {written}", _guess(written))


def _guess(written: str) -> str:
    """The probable name: zeros that a spreadsheet dropped, a code's group, a zero before a number."""
    short, code, zero = (pattern.fullmatch(written) for pattern in (_WITHOUT_ZEROS, _CODE, _ZERO_BEFORE))
    if short:
        guess = f"{short[1].upper()}*{':'.join(f.zfill(2) for f in short[2].split(':'))}{short[3].upper()}"
    elif code:
        guess = f"{code[1].upper()}*{code[2]}"
    elif zero:
        guess = f"{_SERIES[zero[1].upper()]}{zero[2]}"
    else:
        return ""
    return guess if guess != written and (guess in ANTIGENS or _is_allele(guess)) else ""


def _is_allele(text: str) -> bool:
    match = _ALLELE.fullmatch(text)
    if not match:
        return False
    fields = tuple(match["fields"].split(":"))
    return _are_fields(match["locus"], fields) and _is_suffix_of(match["suffix"], fields)


_PAIRS = (
    ("DQA1", "DQB1"),
    ("DPA1", "DPB1"),
    ("DRA", "DRB1"),
    ("DRA", "DRB3"),
    ("DRA", "DRB4"),
    ("DRA", "DRB5"),
)
"""The α and β chains that form a protein together."""
_BRACKETS = re.compile(r"(D[PQ])\s*\[\s*([\d:]+)\s*[,;]\s*([\d:]+)\s*\]", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[~,;/+_]\s*|\s+-\s+|-(?=D[PQR][AB])|\s+(?=D[PQR][AB])", re.IGNORECASE)
_PREFIXES = re.compile(r"\bHLA[\s_-]+", re.IGNORECASE)
_EMPTY = frozenset({"", "-"})


def chains(text: str) -> tuple[HlaName, ...]:
    """The chains of a specificity: one, or the α and β chain of a heterodimer in that order.

    A heterodimer is written `DQA1*05:01~DQB1*02:01`, also with a comma, semicolon, slash, plus or blank between, or
    as `DQ[05:01,02:01]`. B*07:02`) are refused.~B*07:02`) are refused.
    """
    written = _BRACKETS.sub(r"\1A1*\2~\1B1*\3", _PREFIXES.sub("", text.strip()))
    parts = [part for part in _BETWEEN.split(written) if part not in _EMPTY]
    if len(parts) != _CHAINS_OF_A_HETERODIMER:
        return (parse_name(parts[0] if len(parts) == 1 else text),)
    try:
        names = sorted((parse_name(part) for part in parts), key=lambda name: name.locus)
    except OldNameError as error:
        raise OldNameError(f"pre-2010 nomenclature: {text.strip()}", _modern_pair(parts)) from error
    if tuple(name.locus for name in names) not in _PAIRS or not all(name.fields for name in names):
        raise HlaNameError(f"not an HLA name: {text.strip()}")
    return tuple(names)


def _modern_pair(parts: list[str]) -> str:
    modern = [modern_name(part) or part for part in parts]
    return "~".join(sorted(modern)) if all(map(_is_allele, modern)) else ""


def hla_class(name: HlaName) -> str:
    """`I` for A, B, C, E, F, G and their antigens, `II` for the rest."""
    return "I" if name.locus in ("A", "B", "C", "Cw", "E", "F", "G") else "II"
