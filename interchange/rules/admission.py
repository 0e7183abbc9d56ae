"""Whether a row belongs to the study: STUDYID, DOMAIN, a participant of DM, a unique key."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from interchange.rules.cells import Cells, Notes
from interchange.rules.records import RecordOrigin
from interchange.rules.rows import BadRow, Dataset, missing_columns

IDENTIFIERS = ("STUDYID", "USUBJID")


@dataclass(frozen=True)
class Intake:
    """The common input of every row, and the list of bad ones.

    `zones` maps every participant of DM to the zone of their site; `at` is the time of reading (aware). `notes` are
    stored by data set, `not_used` counts rows without a record, by reason.
    """

    study: str
    zones: Mapping[str, str]
    at: datetime
    refused: list[BadRow] = field(default_factory=list)
    notes: dict[str, Notes] = field(default_factory=dict)
    not_used: dict[str, int] = field(default_factory=dict)

    def zone(self, participant: str) -> str:
        """The zone of wall times; UTC for a participant who is not in DM, whose row is refused anyway."""
        return self.zones.get(participant, "UTC")

    def refuse(self, origin: RecordOrigin, value: str, reason: str) -> None:
        """List the date of a row that is refused after all rows were read."""
        self.refused.append(BadRow(origin.file, origin.line, f"{origin.file[:2].upper()}DTC", value, reason))

    def check_study(self, dataset: Dataset) -> None:
        """Refuse rows of another study: one bad row for a file with no row of this study, else one per row."""
        if "STUDYID" not in dataset.columns:
            return  # the missing column is listed by `admit`
        found = Counter(row.values["STUDYID"] for row in dataset.rows)
        wrong_throughout = len(found) == 1 and self.study not in found
        for row in dataset.rows:
            if row.values["STUDYID"] == self.study:
                continue
            Cells(row, self.refused, self.at).refuse("STUDYID", f"the protocol is of study {self.study}")
            if wrong_throughout:
                return

    def admit(self, dataset: Dataset, *, domain: str, required: Sequence[str]) -> Iterator[Cells]:
        """Every row of a data set, its identifiers checked.

        Nothing when a required variable is missing altogether.
        """
        domain_variable = "RDOMAIN" if dataset.name.startswith("supp") else "DOMAIN"
        absent = missing_columns(dataset, (*IDENTIFIERS, domain_variable, *required))
        self.refused.extend(absent)
        if absent:
            return
        notes = self.notes.setdefault(dataset.name, Notes({"STUDYID", domain_variable}))
        for row in dataset.rows:
            cells = Cells(row, self.refused, self.at, notes)
            if cells.required(domain_variable).upper() not in ("", domain):
                cells.refuse(domain_variable, f"the file holds rows of {domain}")
            code = cells.required("USUBJID")
            if code and code not in self.zones:
                cells.refuse("USUBJID", "DM has no such participant")
            yield cells


class KeysOnce:
    """Refuses a key that an earlier row of the data set has."""

    def __init__(self) -> None:
        self._lines: dict[tuple[object, ...], int] = {}

    def check(self, cells: Cells, variable: str, *key: object) -> None:
        """List `variable` as bad when line or record before this one has the same key."""
        first = self._lines.setdefault(key, cells.row.line)
        if first != cells.row.line:
            cells.refuse(variable, f"line {first} has the same key")
