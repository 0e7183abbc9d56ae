"""The result of an import: counts by kind, sources, and what there is to reconcile. Nothing sealed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interchange.rules import BadRow, ImportFinding
from interchange.rules.remarks import ImportRemark
from trials.services.synchronising import Synchronised


class StudyRefusedError(ValueError):
    """At least one row cannot be imported, so nothing is written: `bad_rows` has all of them."""

    def __init__(self, bad_rows: tuple[BadRow, ...]) -> None:
        self.bad_rows = bad_rows
        first = bad_rows[0]
        place = f"{first.file} line {first.line}, {first.variable} {first.value!r}: {first.reason}"
        super().__init__(f"{count_of(bad_rows)}, nothing was imported; the first is {place}.")


def count_of(bad_rows: Sequence[BadRow]) -> str:
    """One bad row, or the number of them."""
    return "1 bad row" if len(bad_rows) == 1 else f"{len(bad_rows)} bad rows"


@dataclass(frozen=True)
class Counts:
    """Rows of one kind; `absent` = recorded by an earlier import, and no longer in the files."""

    new: int
    changed: int
    unchanged: int
    absent: int

    @classmethod
    def of(cls, done: Synchronised) -> "Counts":
        """The counts of a synchronisation."""
        return cls(len(done.created), len(done.changed), done.unchanged, len(done.absent))


@dataclass(frozen=True)
class Imported:
    """One import. `wrote` is False when every open row was up to date.

    Sealed rows are updated too. Whether one changed is nowhere in the result: a person who imports a guessed arm would
    learn from it whether the guess is right.
    """

    trial_code: str
    folder_name: str
    content_sha256: str
    counts: Mapping[str, Counts]
    new_sites: tuple[str, ...]
    enrolment_sources: Mapping[str, int]
    absent: tuple[str, ...]
    findings: tuple[ImportFinding, ...]
    not_used: Mapping[str, int]
    remarks: tuple[ImportRemark, ...]
    wrote: bool

    def as_json(self) -> dict[str, Any]:
        """What is stored with the import, for all who may see imports."""
        return {
            "counts": {kind: vars(counts) for kind, counts in self.counts.items()},
            "new_sites": list(self.new_sites),
            "enrolment_sources": dict(self.enrolment_sources),
            "absent": list(self.absent),
            "findings": dict(Counter(finding.code for finding in self.findings)),
            "not_used": dict(self.not_used),
            "remarks": [
                f"{remark.record}: {remark.message}" for remark in self.remarks if remark.is_reported
            ],
        }
