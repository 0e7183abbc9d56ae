"""Names of the HLA nomenclature before 2010, and their present form.

Fields stood side by side without colons (`A*0201`), alleles of C were Cw (`Cw*0702`), and antigens that were
provisional had a w (`Bw62`, `DRw52`; dropped in 1991 except in Cw, Bw4, Bw6, Dw and DPw). Fields had two
digits; from 1995 to 2002 the third had one. Renamed in 2010 because their group was full: `A*92xx` to
`A*02:1xx`, `B*95xx` to `B*15:1xx` (IPD-IMGT/HLA, Nomenclature_2009). A suggestion is the rule applied to the
digits: whether the allele still exists is in the releases.
"""

import re

LOCI = "A|B|C|E|F|G|DRA|DRB[1345]|DQA1|DQB1|DPA1|DPB1"
_UNDIVIDED = re.compile(
    rf"(?P<locus>{LOCI}|Cw)[\s*_-]*(?P<digits>\d{{4,8}})(?P<suffix>[NLSCAQ]?)", re.IGNORECASE
)
_MIXED = re.compile(
    rf"(?P<locus>{LOCI}|Cw)\*(?P<digits>0\d{{3}})(?P<rest>(?::\d+)+)(?P<suffix>[A-Z]?)", re.IGNORECASE
)
_CW = re.compile(r"Cw\*(?P<rest>\d{2}(?::\d{2,4}){0,3}[A-Z]?)", re.IGNORECASE)
_STARLESS = re.compile(
    rf"(?P<locus>{LOCI}|Cw|DR|DQ|DP)(?P<rest>\d{{2,3}}(?::\d{{2,4}}){{1,3}})(?P<suffix>[NLSCAQGP]?)",
    re.IGNORECASE,
)
_SERIES_DIGITS = re.compile(r"(?P<locus>DR|DQ|DP)(?P<digits>0\d{3})", re.IGNORECASE)
_PROVISIONAL = re.compile(r"(?P<series>A|B|DR|DQ)w(?P<number>\d{1,2})", re.IGNORECASE)
_LOCUS = {"CW": "C", "DR": "DRB1", "DQ": "DQB1", "DP": "DPB1"}
_RENAMED = {("A", "92"): ("02", "1"), ("B", "95"): ("15", "1")}
_WIDTHS = {4: (2, 2), 5: (2, 2, 1), 6: (2, 2, 2), 7: (2, 2, 1, 2), 8: (2, 2, 2, 2)}
_ANTIGENS_OF_FOUR_DIGITS = frozenset({"A2403", "B2708", "B3901", "B3902", "B4005", "B5102", "B5103"})


def modern_name(written: str) -> str | None:
    """The present form of a name of before 2010, `None` for other text (present names included)."""
    if _is_of_today(written):
        return None
    for pattern, modern in _FORMS:
        match = pattern.fullmatch(written)
        if match:
            return modern(match)
    return None


def _is_of_today(written: str) -> bool:
    return written.upper() in _ANTIGENS_OF_FOUR_DIGITS or written.upper() in ("BW4", "BW6")


def _divided(match: re.Match[str]) -> str:
    """The digits in their fields: `A*24020102L` as `A*24:02:01:02L`."""
    locus, digits = _locus(match["locus"]), match["digits"]
    fields, start = [], 0
    for width in _WIDTHS[len(digits)]:
        fields.append(digits[start : start + width].zfill(2))
        start += width
    group, hundreds = _RENAMED.get((locus, fields[0]), (fields[0], ""))
    fields[:2] = [group, f"{hundreds}{fields[1]}"]
    suffix = match.groupdict().get("suffix") or ""
    return f"{locus}*{':'.join(fields)}{suffix.upper()}"


def _half_divided(match: re.Match[str]) -> str:
    """`A*0201:01` as `A*02:01:01`."""
    digits = match["digits"]
    return f"{_locus(match['locus'])}*{digits[:2]}:{digits[2:]}{match['rest']}{match['suffix'].upper()}"


def _without_w(match: re.Match[str]) -> str:
    return f"C*{match['rest'].upper()}"


def _starred(match: re.Match[str]) -> str:
    return f"{_locus(match['locus'])}*{match['rest']}{match['suffix'].upper()}"


def _settled(match: re.Match[str]) -> str:
    return f"{match['series'].upper()}{match['number']}"


def _locus(written: str) -> str:
    return _LOCUS.get(written.upper(), written.upper())


_FORMS = (
    (_CW, _without_w),
    (_UNDIVIDED, _divided),
    (_MIXED, _half_divided),
    (_STARLESS, _starred),
    (_SERIES_DIGITS, _divided),
    (_PROVISIONAL, _settled),
)
