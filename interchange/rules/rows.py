"""The rows of a data set as written, and the rows that cannot be read.

Every value stays text until a domain's rules read it: `1.0` of a SAS export and `1` of a hand-made file are the same
number, which only the rule of the variable can decide.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

HEADER_LINE = 1
NO_LINE = 0  # the whole file, or the folder


@dataclass(frozen=True, slots=True)
class BadRow:
    """One value that cannot be imported.

    `line` is the file's line (CSV) or record (XPT, JSON), from 1; 0 = the file.
    """

    file: str
    line: int
    variable: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One record: its variables in capitals, values as text without outer blanks, missing = empty."""

    file: str
    line: int
    values: Mapping[str, str]


@dataclass(frozen=True)
class Dataset:
    """One SDTM data set. `name` is lower case (`ae`, `suppae`); `bad_rows` are rows that could not be split.

    `is_end_proved` is False when a cut between two records would not be detected.
    """

    name: str
    file: str
    columns: tuple[str, ...]
    rows: tuple[SourceRow, ...]
    bad_rows: tuple[BadRow, ...] = field(default=())
    is_end_proved: bool = True


class UnreadableFileError(ValueError):
    """A file without a readable data set; `bad_rows` has the reasons. Nothing of it is used."""

    def __init__(self, *bad_rows: BadRow) -> None:
        self.bad_rows = bad_rows
        super().__init__("; ".join(f"{bad.file}: {bad.reason}" for bad in bad_rows))


def tidy_columns(file: str, names: Iterable[str]) -> tuple[str, ...]:
    """Variable names in capitals; refused when one is empty or given twice."""
    columns = tuple(name.strip().upper() for name in names)
    if "" in columns:
        raise UnreadableFileError(BadRow(file, HEADER_LINE, "", "", "a column of the header has no name"))
    twice = sorted(name for name, count in Counter(columns).items() if count > 1)
    if twice:
        raise UnreadableFileError(
            *(BadRow(file, HEADER_LINE, name, "", "the column is given twice") for name in twice)
        )
    return columns


def missing_columns(dataset: Dataset, required: Sequence[str]) -> list[BadRow]:
    """One bad row for every required variable that the data set does not have."""
    absent = [name for name in required if name not in dataset.columns]
    return [BadRow(dataset.file, HEADER_LINE, name, "", "the variable is required") for name in absent]


def same_value(one: str, other: str) -> bool:
    """Whether two written values mean the same: equal text, or equal numbers (`1`, `1.0`)."""
    if one == other:
        return True
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def row_differences(used: Dataset, other: Dataset) -> list[BadRow]:
    """Where a second file of the same domain differs from the first; empty when both agree.

    Files agree when they have the same variables (in any order) and the same records in the same order.
    """
    columns = set(used.columns) ^ set(other.columns)
    reason = f"the column is only in one of {used.file} and {other.file}"
    found = [BadRow(other.file, HEADER_LINE, name, "", reason) for name in sorted(columns)]
    return found or list(_differing_rows(used, other))


def _differing_rows(used: Dataset, other: Dataset) -> Iterator[BadRow]:
    for expected, row in zip_longest(used.rows, other.rows):
        if expected is None or row is None:
            reason = f"{used.file} has {len(used.rows)} records and {other.file} has {len(other.rows)}"
            yield BadRow(other.file, NO_LINE, "", "", reason)
            return
        if expected.values != row.values:
            yield from _differing_values(expected, row)


def _differing_values(expected: SourceRow, row: SourceRow) -> Iterator[BadRow]:
    for name, value in row.values.items():
        if not same_value(expected.values[name], value):
            reason = (
                f"{expected.file} line {expected.line} holds {expected.values[name]!r}; two files must agree"
            )
            yield BadRow(row.file, row.line, name, value, reason)
