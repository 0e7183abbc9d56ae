"""What of the delivered files was not used, or has to be checked: by name, for the summary and the board's report.

Nothing here names, counts or depends on anything sealed: neither a value of an arm, a product, a lot, a dose or an
antibody, nor the number of rows with one.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from interchange.rules.rows import Dataset

NOT_USED = "not_used"
DOCUMENTS = frozenset(
    {
        "",
        ".md",
        ".toml",
        ".pdf",
        ".xml",
        ".xsl",
        ".html",
        ".css",
        ".docx",
        ".doc",
        ".sas",
        ".r",
        ".py",
        ".log",
    }
)
"""Suffixes of files that describe data and contain none."""
EXPECTED = {"ae": "adverse events", "ex": "infusions or doses", "ds": "dispositions"}
"""Data sets without which some table of every report is incomplete."""


@dataclass(frozen=True)
class ImportRemark:
    """One sentence of one file or record.

    `is_reported`: the board's report lists it too, without the `detail`.

    `detail` may quote free text and stays in the summary, because a report for blinded people quotes none.
    """

    code: str
    record: str
    message: str
    participant: str = ""
    is_reported: bool = True
    detail: str = ""


def file_not_read(name: str) -> ImportRemark:
    """A file of the folder that is none of the data sets, or in an unknown format."""
    stem, _, suffix = name.rpartition(".")
    is_data = name.endswith("/") or (f".{suffix.lower()}" if stem else "") not in DOCUMENTS
    return ImportRemark(NOT_USED, name, f"{name} is not read.", is_reported=is_data)


def unproved_end(dataset: Dataset) -> ImportRemark:
    """A transport file of version 5 that could have been cut between two records."""
    sentence = (
        f"{dataset.file}: {len(dataset.rows)} records were read; the file itself does not show whether it ends there. "
        f"Compare with the sender's count, or give it: --records {dataset.name}=N."
    )
    return ImportRemark("end_not_proved", dataset.file, sentence)


def absent_datasets(datasets: Mapping[str, Dataset]) -> Iterator[ImportRemark]:
    """Data sets that every study has and this folder has not: no record does not mean no event."""
    for name, what in EXPECTED.items():
        if name not in datasets:
            sentence = f"No {name.upper()} data set was found: {what} are unknown, which does not mean that there were none."
            yield ImportRemark("no_data_set", name.upper(), sentence)
        elif not datasets[name].rows:
            yield ImportRemark("no_data_set", name.upper(), f"{datasets[name].file} has no record.")


def unused_columns(dataset: Dataset, used: Collection[str]) -> Iterator[ImportRemark]:
    """The columns of a data set that have values and are not used, all in one sentence."""
    others = [
        name for name in dataset.columns if name not in used and any(row.values[name] for row in dataset.rows)
    ]
    if others:
        yield ImportRemark(NOT_USED, dataset.file, f"{dataset.file}: columns not used: {', '.join(others)}.")


def unused_rows(counts: Mapping[str, int]) -> Iterator[ImportRemark]:
    """Rows without a record, by reason; 0 = their number is sealed."""
    for reason, count in counts.items():
        rows = "1 row not used" if count == 1 else f"{count} rows not used" if count else "not used"
        yield ImportRemark(NOT_USED, reason.split(":")[0], f"{reason}: {rows}.")
