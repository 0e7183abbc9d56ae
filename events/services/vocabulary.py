"""Loading the terms of CTCAE: the shipped facts, and NCI's wording from a table that the user has."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from audit.choices import standing_reason
from audit.services import Actor, attributed
from events.models import CtcaeTerm
from events.rules.ctcae import Term, is_other_specify
from events.rules.ctcae_table import (
    OfficialTerm,
    TableError,
    parse_official_table,
    parse_vocabulary,
    recognise_version,
    table_differences,
)

VOCABULARY = Path(__file__).resolve().parent.parent / "vocabulary"
SHIPPED = {"5.0": VOCABULARY / "ctcae_v5.csv", "6.0": VOCABULARY / "ctcae_v6.csv"}

SHIPPED_TERMS = standing_reason("The shipped terms of CTCAE were loaded.")
OFFICIAL_WORDING = standing_reason("NCI's wording of the terms of CTCAE was loaded.")

FIELDS = ("soc", "term", "grades", "is_other", "grade_wording", "definition", "note")


@dataclass(frozen=True)
class LoadedTerms:
    """The result of loading one version: the number of its terms, and of created or changed rows."""

    version: str
    terms: int
    created: int
    changed: int


def load_shipped_terms(*, by: Actor, at: datetime) -> tuple[LoadedTerms, ...]:
    """Update the terms of every shipped version from the shipped facts; an existing wording stays.

    A repeated call changes nothing and leaves no entry in the trail.
    """
    with attributed(by=by, reason=SHIPPED_TERMS, at=at):
        return tuple(
            _bring_up(version, {term.code: _facts(term) for term in terms})
            for version, terms in shipped_vocabularies().items()
        )


def load_official_wording(
    *, numbered_rows: Iterable[tuple[int, Mapping[str, str]]], by: Actor, at: datetime
) -> LoadedTerms:
    """Add NCI's wording from its table (line in the file, row by heading). All or nothing.

    Raises TableError naming line, value and rule of everything that is not the CTCAE version it is nearest
    to.
    """
    official = parse_official_table(numbered_rows)
    vocabularies = shipped_vocabularies()
    version = recognise_version(official, vocabularies)
    refused = table_differences(official, vocabularies[version], version=version)
    if refused:
        raise TableError(refused)
    with attributed(by=by, reason=OFFICIAL_WORDING, at=at):
        return _bring_up(version, {row.term.code: _facts(row.term) | _wording(row) for row in official})


def shipped_vocabularies() -> Mapping[str, tuple[Term, ...]]:
    """The shipped terms by version."""
    return {version: tuple(_read(path)) for version, path in SHIPPED.items()}


def _read(path: Path) -> tuple[Term, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return parse_vocabulary(numbered_rows(csv.DictReader(file)))


def numbered_rows(reader: "csv.DictReader[str]") -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows of a CSV file with the line each ends on; surplus cells have no heading and are left out."""
    for row in reader:
        yield reader.line_num, {name: cell or "" for name, cell in row.items() if name is not None}


def _facts(term: Term) -> dict[str, Any]:
    return {
        "soc": term.soc,
        "term": term.term,
        "grades": list(term.grades),
        "is_other": is_other_specify(term.term),
    }


def _wording(row: OfficialTerm) -> dict[str, Any]:
    wording = {str(grade): text for grade, text in row.wording.items()}
    return {"grade_wording": wording, "definition": row.definition, "note": row.note}


def _bring_up(version: str, wanted: Mapping[str, Mapping[str, Any]]) -> LoadedTerms:
    """Create and change the differing rows in one statement; fields that `wanted` does not have stay."""
    rows = CtcaeTerm.objects.filter(ctcae_version=version).values("code", *FIELDS)
    standing = {row["code"]: {name: row[name] for name in FIELDS} for row in rows}
    differing = {
        code: {**standing.get(code, {}), **fields}
        for code, fields in wanted.items()
        if any(standing.get(code, {}).get(name) != value for name, value in fields.items())
    }
    CtcaeTerm.objects.bulk_create(
        [CtcaeTerm(ctcae_version=version, code=code, **fields) for code, fields in differing.items()],
        update_conflicts=True,
        unique_fields=["ctcae_version", "code"],
        update_fields=list(FIELDS),
    )
    created = sum(code not in standing for code in differing)
    return LoadedTerms(version, len(wanted), created, len(differing) - created)
