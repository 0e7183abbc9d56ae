"""How an HLA specificity is written, and what kind of name it is.

WHO nomenclature since 2010 (Marsh SGE et al., Tissue Antigens 2010;75:291): `A*02:01:01:01`, suffix N = not
expressed, L Q S C A = expression altered, G and P = groups; antigens without `*` (`A2`, `Cw7`, `DR17`). Names are
read to two fields, since antibodies see the protein.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class NameKind(StrEnum):
    """What a name denotes. A null allele is not expressed and is never a target; Bw4 and Bw6 are public."""

    ALLELE = "allele"
    NULL = "null"
    SEROLOGY = "serology"
    PUBLIC = "public"


class HlaNameError(ValueError):
    """The text is no HLA name; the message says why."""


class OldNameError(HlaNameError):
    """A name of the nomenclature before 2010: where its fields part cannot be told."""


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


_LOCI = "A|B|C|DRA|DRB[1345]|DQA1|DQB1|DPA1|DPB1"
_ALLELE = re.compile(
    rf"(?P<locus>{_LOCI})\*(?P<fields>\d{{2,4}}(?::\d{{2,4}}){{0,3}})(?P<suffix>[NLSCAQGP]?)"
)
_UNDIVIDED = re.compile(rf"(?:{_LOCI}|Cw)\*\d{{4,8}}[A-Z]?")
_ANTIGEN = re.compile(r"(?P<series>A|B|Cw|DR|DQ|DP)w?\d{1,4}")
_PUBLIC = frozenset({"Bw4", "Bw6"})
_GROUPS = frozenset({"G", "P"})


def parse_name(text: str) -> HlaName:
    """Read one specificity, with or without the prefix `HLA-`.

    Raises HlaNameError for names of the nomenclature before 2010 (`A*0201`: its fields cannot be told apart),
    ambiguity codes and anything else. Heterodimers (`DQA1*05:01~DQB1*02:01`) are read chain by chain by `chains`.
    """
    written = text.strip().removeprefix("HLA-")
    if written in _PUBLIC:
        return HlaName(NameKind.PUBLIC, written, "B")
    allele = _ALLELE.fullmatch(written)
    if allele and len(allele["fields"].split(":")[0]) <= 3:
        return _allele(allele)
    if _UNDIVIDED.fullmatch(written):
        raise OldNameError(f"pre-2010 nomenclature: {written}")
    antigen = _ANTIGEN.fullmatch(written)
    if antigen:
        return HlaName(NameKind.SEROLOGY, written, antigen["series"])
    raise HlaNameError(f"not an HLA name: {written}")


def _allele(match: re.Match[str]) -> HlaName:
    """G and P groups keep all their fields; an allele keeps two and its expression suffix."""
    fields, suffix, locus = tuple(match["fields"].split(":")), match["suffix"], match["locus"]
    kept = fields if suffix in _GROUPS else fields[:2]
    kind = NameKind.NULL if suffix == "N" else NameKind.ALLELE
    return HlaName(kind, f"{locus}*{':'.join(kept)}{suffix}", locus, fields, suffix)


def chains(text: str) -> tuple[HlaName, ...]:
    """The chains of a specificity: one, or the two of a heterodimer written `DQA1*05:01~DQB1*02:01`, in that order."""
    names = [parse_name(part) for part in re.split(r"[~,]", text)]
    if len(names) > 2:
        raise HlaNameError(f"not an HLA name: {text.strip()}")
    return tuple(sorted(names, key=lambda name: name.locus))


def hla_class(name: HlaName) -> str:
    """`I` for A, B, C and their antigens, `II` for the rest."""
    return "I" if name.locus in ("A", "B", "C", "Cw") else "II"
