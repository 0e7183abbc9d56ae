"""Reads the SDTM data sets of a folder from disk (a door's helper: it does the I/O that rules may not)."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyreadstat

from interchange.rules import (
    DATASETS,
    BadRow,
    Dataset,
    Row,
    UnreadableFileError,
    differences,
    parse_csv,
    parse_dataset_json,
)
from interchange.rules.rows import NO_LINE, tidy_columns

FORMATS = (".csv", ".xpt", ".json")
"""Preferred first: of several files of one data set that agree, the one with lines that people can look up is used."""


class UnreadableFolderError(ValueError):
    """The folder cannot be read at all; the message says which and why."""


@dataclass(frozen=True)
class Folder:
    """The data sets of a folder by lower-case name; `notes` say what was passed over, `bad_rows` what is unreadable."""

    name: str
    datasets: Mapping[str, Dataset]
    bad_rows: tuple[BadRow, ...]
    notes: tuple[str, ...]


def read_folder(path: Path) -> Folder:
    """Read every data set of the study in `path`; a file that cannot be read becomes bad rows, never an exception.

    Raises UnreadableFolderError when `path` is no folder, or holds none of the data sets.
    """
    if not path.is_dir():
        raise UnreadableFolderError(f"{path}: there is no such folder.")
    files = _files(path)
    if not files:
        raise UnreadableFolderError(f"{path}: the folder holds none of the data sets {', '.join(DATASETS)}.")
    datasets: dict[str, Dataset] = {}
    bad: list[BadRow] = []
    notes: list[str] = []
    for name in (name for name in DATASETS if name in files):
        readable = _readable(name, files[name], bad)
        if readable:
            datasets[name] = readable[0]
        for other in readable[1:]:
            bad += differences(readable[0], other)
            notes.append(f"{readable[0].file} is used; {other.file} holds the same data set")
    return Folder(path.resolve().name, datasets, tuple(bad), (*notes, *_passed_over(path, files)))


def _files(path: Path) -> Mapping[str, list[Path]]:
    """The files of each data set, names without regard to case, the preferred format first."""
    found: dict[str, list[Path]] = {}
    for file in sorted(path.iterdir()):
        if file.is_file() and file.stem.lower() in DATASETS and file.suffix.lower() in FORMATS:
            found.setdefault(file.stem.lower(), []).append(file)
    for files in found.values():
        files.sort(key=lambda file: FORMATS.index(file.suffix.lower()))
    return found


def _passed_over(path: Path, used: Mapping[str, list[Path]]) -> list[str]:
    """Data files of the folder that are none of the data sets read here."""
    read = {file for files in used.values() for file in files}
    others = (file for file in path.iterdir() if file.suffix.lower() in FORMATS and file not in read)
    return [f"{file.name} is not read" for file in sorted(others)]


def _readable(name: str, files: Iterable[Path], bad: list[BadRow]) -> list[Dataset]:
    datasets = []
    for file in files:
        try:
            datasets.append(_read(name, file))
        except UnreadableFileError as error:
            bad.extend(error.bad_rows)
        except OSError as error:
            bad.append(BadRow(file.name, NO_LINE, "", "", f"the file cannot be read ({error.strerror})"))
    return datasets


def _read(name: str, file: Path) -> Dataset:
    suffix = file.suffix.lower()
    if suffix == ".csv":
        return parse_csv(name, file.name, file.read_bytes())
    if suffix == ".json":
        return parse_dataset_json(name, file.name, file.read_bytes())
    return _read_xport(name, file)


def _read_xport(name: str, file: Path) -> Dataset:
    """A SAS transport file (version 5 or 8). Numbers lose nothing; a missing one is empty."""
    frame, member = _xport_columns(file)
    if member and member.lower() != name:
        reason = f"the file's name promises the data set {name.upper()}"
        raise UnreadableFileError(BadRow(file.name, NO_LINE, "", member, reason))
    columns = tidy_columns(file.name, frame)
    records = zip(*(map(_text, values) for values in frame.values()), strict=True)
    rows = (
        Row(file.name, number, dict(zip(columns, r, strict=True)))
        for number, r in enumerate(records, start=1)
    )
    return Dataset(name, file.name, columns, tuple(rows))


def _xport_columns(file: Path) -> tuple[Mapping[str, list[Any]], str]:
    for encoding in ("UTF-8", "WINDOWS-1252"):
        try:
            frame, meta = pyreadstat.read_xport(str(file), output_format="dict", encoding=encoding)
        except UnicodeDecodeError:
            continue
        except pyreadstat.ReadstatError as error:
            reason = f"the file is not a SAS transport file ({error})"
            raise UnreadableFileError(BadRow(file.name, NO_LINE, "", "", reason)) from error
        return frame, meta.table_name or ""
    raise UnreadableFileError(
        BadRow(file.name, NO_LINE, "", "", "the file's text is neither UTF-8 nor Windows-1252")
    )


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
