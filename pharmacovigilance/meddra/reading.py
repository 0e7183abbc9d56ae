"""MedDRA's ASCII distribution as one release, checked as a whole: a wrong line refuses the folder.

Source of the layout: "MedDRA Distribution File Format Document" (© ICH). Lines end with a separator after the last
field; the file of the release itself is not described there publicly and was not verified.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pharmacovigilance.meddra.release import HierarchyPath, LowestLevelTerm, MeddraRelease

_FIELDS = {
    "soc.asc": 10,
    "hlgt.asc": 9,
    "hlt.asc": 9,
    "pt.asc": 11,
    "llt.asc": 11,
    "soc_hlgt.asc": 2,
    "hlgt_hlt.asc": 2,
    "hlt_pt.asc": 2,
    "mdhier.asc": 12,
    "intl_ord.asc": 2,
    "smq_list.asc": 9,
    "smq_content.asc": 9,
}
OPTIONAL = frozenset({"intl_ord.asc", "smq_list.asc", "smq_content.asc"})
RELEASE = "meddra_release.asc"
_VERSION = re.compile(r"\d{1,2}\.\d")
_CODE = re.compile(r"\d{8}")
_SHOWN = 10  # refusals in one message; the others are counted


class MeddraError(ValueError):
    """Sentences with file, line, value and rule. Nothing was loaded."""

    def __init__(self, sentences: list[str]) -> None:
        more = [f"… and {len(sentences) - _SHOWN} more."] if len(sentences) > _SHOWN else []
        super().__init__("\n".join([*sentences[:_SHOWN], *more]))
        self.sentences = sentences


@dataclass(frozen=True)
class _Line:
    number: int
    fields: tuple[str, ...]


Files = dict[str, list[_Line]]


def read_meddra_release(folder: Path) -> MeddraRelease:
    """The release in a folder, or in its `MedAscii`. Raises MeddraError with every wrong line."""
    base = ascii_folder(folder)
    missing = [name for name in _FIELDS if name not in OPTIONAL and not (base / name).is_file()]
    if missing:
        raise MeddraError(
            [f"Folder: {base} has no {name}, which the distribution must have." for name in missing]
        )
    digest = hashlib.sha256()
    files: Files = {}
    wrong: list[str] = []
    for name in sorted(_FIELDS):
        if (base / name).is_file():
            content = (base / name).read_bytes()
            digest.update(name.encode() + b"\0" + content)
            files[name] = list(_lines(name, content, wrong))
    wrong += _broken_links(files) if not wrong else []
    version, language = _release(base, folder)
    if wrong:
        raise MeddraError(wrong)
    return MeddraRelease(
        version=version,
        language=language,
        terms=tuple(_terms(files)),
        paths=tuple(_paths(files)),
        counts={name.removesuffix(".asc"): len(lines) for name, lines in files.items()},
        sha256=digest.hexdigest(),
    )


def ascii_folder(folder: Path) -> Path:
    """The folder of the current data: `MedAscii` at any depth, or the folder itself."""
    if not folder.is_dir():
        raise MeddraError([f"Folder: {folder} is no folder."])
    inside = sorted(
        path for path in folder.rglob("*") if path.is_dir() and path.name.casefold() == "medascii"
    )
    return inside[0] if inside else folder


def _lines(name: str, content: bytes, wrong: list[str]) -> Iterator[_Line]:
    text = _decoded(content)
    if text and not text.endswith("\n"):
        wrong.append(f"{name}: the last line does not end; the file is cut off.")
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.split("$")
        if len(fields) != _FIELDS[name] + 1 or fields[-1]:
            wrong.append(
                f"{name}, line {number}: {len(fields) - 1} fields end with $, the layout has {_FIELDS[name]}."
            )
            continue
        yield _Line(number, tuple(fields[:-1]))


def _decoded(content: bytes) -> str:
    """UTF-8 in current versions, Latin-1 in older ones."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _release(base: Path, folder: Path) -> tuple[str, str]:
    """Version and language, from the file of the release, else from the folder's name (`MedDRA_27_1_English`)."""
    path = base / RELEASE
    if path.is_file():
        fields = _decoded(path.read_bytes()).strip().split("$")
        if _VERSION.fullmatch(fields[0]):
            return fields[0], fields[1] if len(fields) > 1 else ""
        raise MeddraError([f"{RELEASE}: “{fields[0]}” is no version such as 27.1."])
    named = re.search(r"(\d{1,2})[_.](\d)(?:_([A-Za-z]+))?", folder.resolve().name)
    if named is None:
        raise MeddraError(
            [f"Folder: {folder} has no {RELEASE} and no version in its name, such as MedDRA_27_1_English."]
        )
    return f"{named[1]}.{named[2]}", named[3] or ""


def _broken_links(files: Files) -> list[str]:
    """Rules between the files: codes, parents that exist, one primary class for each PT, every PT also an LLT."""
    return [
        *_wrong_codes(files),
        *_wrong_parents(files),
        *_wrong_primaries(files),
        *_preferred_terms_without_llt(files),
    ]


def _wrong_codes(files: Files) -> Iterator[str]:
    for name in ("soc.asc", "hlgt.asc", "hlt.asc", "pt.asc", "llt.asc"):
        seen: set[str] = set()
        for line in files[name]:
            code = line.fields[0]
            if not _CODE.fullmatch(code):
                yield f"{name}, line {line.number}: “{code}” is no code of eight digits."
            elif code in seen:
                yield f"{name}, line {line.number}: code {code} occurs twice."
            seen.add(code)
    for line in files["llt.asc"]:
        if line.fields[9] not in ("Y", "N"):
            yield f"llt.asc, line {line.number}: currency “{line.fields[9]}” is neither Y nor N."


def _wrong_parents(files: Files) -> Iterator[str]:
    codes = {
        name: {line.fields[0] for line in files[name]}
        for name in ("soc.asc", "hlgt.asc", "hlt.asc", "pt.asc")
    }
    links = (
        ("llt.asc", 2, "pt.asc"),
        ("pt.asc", 3, "soc.asc"),
        ("soc_hlgt.asc", 0, "soc.asc"),
        ("soc_hlgt.asc", 1, "hlgt.asc"),
        ("hlgt_hlt.asc", 0, "hlgt.asc"),
        ("hlgt_hlt.asc", 1, "hlt.asc"),
        ("hlt_pt.asc", 0, "hlt.asc"),
        ("hlt_pt.asc", 1, "pt.asc"),
        ("mdhier.asc", 0, "pt.asc"),
        ("mdhier.asc", 1, "hlt.asc"),
        ("mdhier.asc", 2, "hlgt.asc"),
        ("mdhier.asc", 3, "soc.asc"),
    )
    for name, column, parent in links:
        for line in files[name]:
            if line.fields[column] not in codes[parent]:
                yield f"{name}, line {line.number}: code {line.fields[column]} is not in {parent}."


def _wrong_primaries(files: Files) -> Iterator[str]:
    expected = {line.fields[0]: line.fields[3] for line in files["pt.asc"]}
    primary: dict[str, list[str]] = {code: [] for code in expected}
    for line in files["mdhier.asc"]:
        if line.fields[11] == "Y" and line.fields[0] in primary:
            primary[line.fields[0]].append(line.fields[3])
    for code, classes in primary.items():
        if classes != [expected[code]]:
            yield (
                f"mdhier.asc: PT {code} has the primary classes {', '.join(classes) or '(none)'}; "
                f"pt.asc says {expected[code]}."
            )


def _preferred_terms_without_llt(files: Files) -> Iterator[str]:
    terms = {line.fields[0]: line.fields for line in files["llt.asc"]}
    for line in files["pt.asc"]:
        term = terms.get(line.fields[0])
        if term is None or term[1] != line.fields[1] or term[2] != line.fields[0]:
            yield f"pt.asc, line {line.number}: PT {line.fields[0]} is not also an LLT with the same name."


def _terms(files: Files) -> Iterator[LowestLevelTerm]:
    for line in files["llt.asc"]:
        yield LowestLevelTerm(line.fields[0], line.fields[1], line.fields[2], line.fields[9] == "Y")


def _paths(files: Files) -> Iterator[HierarchyPath]:
    for line in files["mdhier.asc"]:
        pt, hlt, hlgt, soc, pt_name, hlt_name, hlgt_name, soc_name = line.fields[:8]
        primary = line.fields[11] == "Y"
        yield HierarchyPath(pt, hlt, hlgt, soc, pt_name, hlt_name, hlgt_name, soc_name, primary)
