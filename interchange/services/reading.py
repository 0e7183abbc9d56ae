"""Reads the SDTM data sets of a folder from disk. It does the I/O for a door, which rules may not do."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyreadstat

from interchange.rules import (
    DATASETS,
    BadRow,
    Dataset,
    SourceRow,
    UnreadableFileError,
    parse_csv,
    parse_dataset_json,
    parse_dataset_ndjson,
    row_differences,
)
from interchange.rules.limits import LineLength, check_size
from interchange.rules.remarks import ImportRemark, file_not_read, unproved_end
from interchange.rules.rows import NO_LINE, tidy_columns
from interchange.rules.transport import Extent, extent_of

PARSERS = {".csv": parse_csv, ".json": parse_dataset_json, ".ndjson": parse_dataset_ndjson}
FORMATS = (".csv", ".xpt", ".json", ".ndjson")
"""In order of preference: of several equal files of one data set, the one with readable lines is used."""
PIECE = 2**20  # bytes read at once while the length of the lines is followed


class UnreadableFolderError(ValueError):
    """The folder cannot be read; the message gives folder and reason."""


@dataclass(frozen=True)
class Folder:
    """The data sets of a folder by lower-case name; `bad_rows` are unreadable.

    `notes`: which of two files is used; `remarks`: files that were not read, or not proved to be whole.
    """

    name: str
    datasets: Mapping[str, Dataset]
    bad_rows: tuple[BadRow, ...]
    notes: tuple[str, ...]
    remarks: tuple[ImportRemark, ...] = ()


@dataclass(frozen=True)
class Declared:
    """Declarations of the sender: words that mean "missing", and numbers of records by data set."""

    missing: Collection[str] = ()
    records: Mapping[str, int] | None = None


NOTHING = Declared()


def read_folder(path: Path, declared: Declared = NOTHING, *, besides: Collection[Path] = ()) -> Folder:
    """Read every data set of the study in `path`.

    A file that cannot be read becomes bad rows, never an exception.

    `besides` are files that the caller reads itself, such as the protocol. Raises UnreadableFolderError when `path` is
    no folder, or holds none of the data sets.
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
            datasets[name] = _without(readable[0], declared.missing)
        for other in readable[1:]:
            bad += row_differences(readable[0], other)
            notes.append(f"{readable[0].file} is used; {other.file} holds the same data set")
    counts = declared.records or {}
    bad += _wrong_counts(datasets, counts)
    remarks = (*_passed_over(path, files, besides), *_unproved(datasets, counts))
    return Folder(path.resolve().name, datasets, tuple(bad), tuple(notes), remarks)


def _files(path: Path) -> Mapping[str, list[Path]]:
    """The files of each data set, ignoring the case of names, the preferred format first."""
    found: dict[str, list[Path]] = {}
    for file in sorted(path.iterdir()):
        if file.is_file() and file.stem.lower() in DATASETS and file.suffix.lower() in FORMATS:
            found.setdefault(file.stem.lower(), []).append(file)
    for files in found.values():
        files.sort(key=lambda file: FORMATS.index(file.suffix.lower()))
    return found


def _passed_over(
    path: Path, used: Mapping[str, list[Path]], besides: Collection[Path]
) -> Iterable[ImportRemark]:
    """Every other file and folder, by name."""
    read = {file for files in used.values() for file in files}
    own = {file.resolve() for file in besides}
    others = sorted(file for file in path.iterdir() if file not in read and file.resolve() not in own)
    return (file_not_read(f"{file.name}/" if file.is_dir() else file.name) for file in others)


def _unproved(datasets: Mapping[str, Dataset], counts: Mapping[str, int]) -> Iterable[ImportRemark]:
    without = (one for one in datasets.values() if not one.is_end_proved and one.name not in counts)
    return (unproved_end(dataset) for dataset in without)


def _wrong_counts(datasets: Mapping[str, Dataset], counts: Mapping[str, int]) -> Iterable[BadRow]:
    """A declared number of records that the file does not have."""
    for name, expected in counts.items():
        dataset = datasets.get(name)
        found = len(dataset.rows) + len(dataset.bad_rows) if dataset else 0
        if found != expected:
            reason = f"{found} records were read and {expected} were declared; the file may be cut"
            yield BadRow(dataset.file if dataset else name, NO_LINE, "", str(expected), reason)


def _without(dataset: Dataset, missing: Collection[str]) -> Dataset:
    """The data set without the declared words for "missing"."""
    if not missing:
        return dataset
    rows = tuple(
        replace(row, values={k: "" if v in missing else v for k, v in row.values.items()})
        for row in dataset.rows
    )
    return replace(dataset, rows=rows)


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
    check_size(file.name, file.stat().st_size, is_whole=suffix == ".json")
    if suffix == ".xpt":
        return _read_xport(name, file, extent_of(file.name, file.read_bytes()))
    if suffix != ".json":
        _check_lines(file)
    return PARSERS[suffix](name, file.name, file.read_bytes())


def _check_lines(file: Path) -> None:
    """Refuse a line that is longer than any record, before the file is read whole."""
    lines = LineLength(file.name)
    with file.open("rb") as stream:
        while piece := stream.read(PIECE):
            lines.follow(piece)


def _read_xport(name: str, file: Path, extent: Extent) -> Dataset:
    """A SAS transport file (version 5 or 8). Numbers keep their precision; a missing one is empty."""
    frame, member = _xport_columns(file)
    if member and member.lower() != name:
        reason = f"the file's name promises the data set {name.upper()}"
        raise UnreadableFileError(BadRow(file.name, NO_LINE, "", member, reason))
    columns = tidy_columns(file.name, frame)
    records = list(zip(*(map(_text, values) for values in frame.values()), strict=True))
    if len(records) != extent.records:
        reason = f"{len(records)} records were read, but the file holds {extent.records}"
        raise UnreadableFileError(BadRow(file.name, NO_LINE, "", "", reason))
    rows = (
        SourceRow(file.name, number, dict(zip(columns, r, strict=True)))
        for number, r in enumerate(records, start=1)
    )
    return Dataset(name, file.name, columns, tuple(rows), is_end_proved=extent.is_end_proved)


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
