"""Decides whether a row belongs to the study at all: STUDYID, DOMAIN, a participant that DM knows, a key used once."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from interchange.rules.cells import Cells
from interchange.rules.rows import BadRow, Dataset, missing_columns

IDENTIFIERS = ("STUDYID", "USUBJID")


def check_study(dataset: Dataset, study: str, refused: list[BadRow]) -> None:
    """Refuse rows of another study: one bad row for a file that is another study's throughout, else one per row."""
    if "STUDYID" not in dataset.columns:
        return  # the missing column is listed by `admit`
    found = Counter(row.values["STUDYID"] for row in dataset.rows)
    wrong_throughout = len(found) == 1 and study not in found
    for row in dataset.rows:
        if row.values["STUDYID"] == study:
            continue
        Cells(row, refused).refuse("STUDYID", f"the protocol is of study {study}")
        if wrong_throughout:
            return


def admit(
    dataset: Dataset,
    *,
    domain: str,
    required: Sequence[str],
    participants: Collection[str] | None,
    refused: list[BadRow],
) -> Iterator[Cells]:
    """Every row of a data set, its identifiers checked; nothing when a required variable is missing altogether.

    `participants` are DM's; None while DM itself is read. STUDYID is checked by `check_study`.
    """
    domain_variable = "RDOMAIN" if dataset.name.startswith("supp") else "DOMAIN"
    absent = missing_columns(dataset, (*IDENTIFIERS, domain_variable, *required))
    refused.extend(absent)
    if absent:
        return
    for row in dataset.rows:
        cells = Cells(row, refused)
        if cells.required(domain_variable).upper() not in ("", domain):
            cells.refuse(domain_variable, f"the file holds rows of {domain}")
        code = cells.required("USUBJID")
        if code and participants is not None and code not in participants:
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
