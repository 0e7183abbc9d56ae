"""The permitted content of a column of a snapshot's frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["key", "text", "integer", "number", "flag", "moment", "date"]
"""JSON values by kind; `null` is missing in every kind, and never means no or zero.

key      text of few values, or a code                       "A", "07-012", "MILD"
text     free text                                           "Acute kidney injury"
integer  whole number                                        3
number   number, unit in the column's name                   78.4
flag     three states: true yes, false no, null unknown      null
moment   instant, ISO 8601 with offset                       "2020-04-06T01:40:00Z"
date     day, ISO 8601                                       "2020-04-06"
"""


@dataclass(frozen=True)
class Column:
    """One column: its name, its kind, its meaning, and its permitted content.

    `required` columns have no null. `allowed` lists the only values of a key. `sealed` columns are never in an open
    report.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    allowed: tuple[str, ...] = field(default=())
    sealed: bool = False


@dataclass(frozen=True)
class Schema:
    """One frame: its name, the meaning of a row, its columns, and the columns that are unique together."""

    name: str
    row: str
    columns: tuple[Column, ...]
    unique: tuple[str, ...]
    sealed: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)
