"""Reads a release of the HLA nomenclature (IPD-IMGT/HLA, folder `wmda`): the antigen of each allele.

Files of 2013 have four lines of header, later ones six, those of 2026 seven to nine: every line that begins with `#`.
From release 3.64.0 (2026) `rel_dna_ser.txt` has a seventh field with the antigen of HATS. The sixth field (search
determinants of registries) is not serology and is not read. The files are the operator's copy (CC BY-ND); none is part
of the project.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ALLELES, ANTIGEN_TREE, CHECKSUMS, PROTEIN_GROUPS = (
    "rel_dna_ser.txt",
    "rel_ser_ser.txt",
    "md5checksum.txt",
    "hla_nom_p.txt",
)
REQUIRED = (ALLELES, ANTIGEN_TREE)
FEWEST_COLUMNS, MOST_COLUMNS = 5, 7
READ = (*REQUIRED, PROTEIN_GROUPS)
_NO_ANTIGEN = frozenset({"", "0", "?", "none", "blank", "x", "-"})
_CHECKSUM = re.compile(
    r"MD5\s*\((?P<file>[^)]+)\)\s*=\s*(?P<md5>[0-9a-f]{32})|(?P<sum>[0-9a-f]{32})\s+\*?(?P<name>\S+)",
    re.IGNORECASE,
)
_SERIES = {
    "C": "Cw",
    "Cw": "Cw",
    "DRB1": "DR",
    "DRB3": "DR",
    "DRB4": "DR",
    "DRB5": "DR",
    "DQB1": "DQ",
    "DPB1": "DPw",
}


class ReleaseError(ValueError):
    """The folder is no readable release; the message names file, line, value and rule."""


@dataclass(frozen=True)
class Release:
    """The content of a release.

    `antigen_of` is by allele as written, without N and without alleles of no single antigen; `parent_of` maps a split
    or variant to its broad antigen; `group_of` a protein (two fields) to its P group. `verified` are the files with a
    verified checksum.
    """

    name: str
    kind: str
    antigen_of: Mapping[str, str]
    parent_of: Mapping[str, str]
    group_of: Mapping[str, str]
    sha256: Mapping[str, str]
    verified: tuple[str, ...]
    alleles: int


def read_nomenclature(files: Mapping[str, bytes]) -> Release:
    """The release in these files, by name.

    Raises ReleaseError when one is missing, cut, changed or of another release.
    """
    for name in REQUIRED:
        if name not in files:
            raise ReleaseError(f"{name}: the file is missing; a release needs {' and '.join(REQUIRED)}.")
    verified = _verify(files)
    texts = {name: _text(name, files[name]) for name in READ if name in files}
    name = _name(texts)
    rows = list(_rows(ALLELES, texts[ALLELES], fewest=FEWEST_COLUMNS, most=MOST_COLUMNS))
    if not rows:
        raise ReleaseError(f"{ALLELES}: the file has no alleles.")
    has_hats = any(len(fields) == MOST_COLUMNS for _, fields in rows)
    return Release(
        name=name,
        kind="HATS" if has_hats else "WMDA",
        antigen_of=dict(_antigens(rows, has_hats=has_hats)),
        parent_of=dict(_parents(texts[ANTIGEN_TREE])),
        group_of=dict(_groups(texts.get(PROTEIN_GROUPS, ""))),
        sha256={file: hashlib.sha256(files[file]).hexdigest() for file in sorted(texts)},
        verified=verified,
        alleles=len(rows),
    )


def _verify(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """The files that the list of checksums names and that agree with it; any other is refused."""
    sums = {}
    for match in _CHECKSUM.finditer(_text(CHECKSUMS, files.get(CHECKSUMS, b""))):
        named = match["file"] or match["name"]
        sums[named.rsplit("/", 1)[-1]] = (match["md5"] or match["sum"]).lower()
    named = [name for name in READ if name in files and name in sums]
    for name in named:
        found = hashlib.md5(files[name], usedforsecurity=False).hexdigest()
        if found != sums[name]:
            raise ReleaseError(
                f"{name}: MD5 {found} is not the {sums[name]} of {CHECKSUMS}; get the file again."
            )
    return tuple(named)


def _text(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReleaseError(f"{name}: the file is not text in UTF-8.") from error


def _name(texts: Mapping[str, str]) -> str:
    """The release in all headers; files of before 2019 have no release, only a date."""
    named = {file: _named(text) for file, text in texts.items()}
    if len(set(named.values())) > 1:
        said = ", ".join(f"{file} {name or 'none'}" for file, name in sorted(named.items()))
        raise ReleaseError(f"The files are of several releases: {said}.")
    name = named[ALLELES]
    if not name:
        raise ReleaseError(f"{ALLELES}: the header names no release and no date.")
    return name


def _named(text: str) -> str:
    header = [line for line in text.splitlines()[:12] if line.startswith("#")]
    version = next(
        (line.split(":", 1)[1].split()[-1] for line in header if re.match(r"#\s*version:\s*\S", line)), ""
    )
    dated = next((line.split(":", 1)[1].strip() for line in header if re.match(r"#\s*date:\s*\S", line)), "")
    return version or dated


def _rows(file: str, text: str, *, fewest: int, most: int) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split(";")]
        if not fewest <= len(fields) <= most:
            raise ReleaseError(
                f"{file}, line {number}: {len(fields)} fields, where {fewest} to {most} are separated by semicolons."
            )
        yield number, fields


def _antigens(rows: list[tuple[int, list[str]]], *, has_hats: bool) -> Iterator[tuple[str, str]]:
    for _, fields in rows:
        locus = fields[0].removesuffix("*")
        said = fields[6:7] if has_hats else [field for field in fields[2:5] if field]
        values = said[0].split("/") if said else []
        numbers = {value for value in values if value.lower() not in _NO_ANTIGEN}
        if len(numbers) == 1:
            yield f"{locus}*{fields[1]}", _antigen(_SERIES.get(locus, locus), numbers.pop())


def _antigen(series: str, value: str) -> str:
    """`2`, `A2` and `A-2` are the same antigen."""
    number = re.sub(r"^(?:A|B|Cw?|DR|DQ|DPw?)-?(?=\d)", "", value)
    return f"{series}{number}"


def _parents(text: str) -> Iterator[tuple[str, str]]:
    for _, (series, broad, splits, *associated) in _rows(ANTIGEN_TREE, text, fewest=4, most=4):
        for number in [*splits.split("/"), *associated[0].split("/")]:
            if number:
                yield f"{series}{number}", f"{series}{broad}"


def _groups(text: str) -> Iterator[tuple[str, str]]:
    for _, (locus, members, group) in _rows(PROTEIN_GROUPS, text, fewest=3, most=3):
        if group:
            for member in members.split("/"):
                yield f"{locus}{':'.join(member.split(':')[:2])}", f"{locus}{group}"
