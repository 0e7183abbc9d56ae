"""The check of a message: schema, rules, and content that the element table does not have."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from pharmacovigilance.e2b.conformance import ERROR, ConformanceFinding, check_batch
from pharmacovigilance.e2b.document import parse_document
from pharmacovigilance.e2b.icsr import IcsrBatch
from pharmacovigilance.e2b.names import BATCH_ROOT
from pharmacovigilance.e2b.reading import batch_of_tree
from pharmacovigilance.e2b.schema import loaded_schema, schema_errors


@dataclass(frozen=True)
class MessageCheck:
    """`schema_valid` is None without loaded schemas. `not_used` are the places of content without an element."""

    batch: IcsrBatch
    schema_valid: bool | None
    findings: tuple[ConformanceFinding, ...]
    not_used: tuple[str, ...]

    @property
    def has_errors(self) -> bool:
        return any(finding.severity == ERROR for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        return {
            "schema_valid": self.schema_valid,
            "findings": [asdict(finding) for finding in self.findings],
            "not_used": list(self.not_used),
        }


def check_message(
    source: bytes | IO[bytes], *, profile: str, at: datetime, schemas: Path | None
) -> MessageCheck:
    """Every finding about a message. `at` is aware; `schemas` is the folder of the stored set, or None.

    Raises MessageError when the file is no batch, SchemaSetError when the stored set is damaged.
    """
    root = parse_document(source, roots=(BATCH_ROOT,))
    broken = _schema_findings(root, schemas)
    batch = batch_of_tree(root)
    findings = (*(broken or ()), *check_batch(batch, profile=profile, at=at))
    return MessageCheck(
        batch=batch,
        schema_valid=None if broken is None else not broken,
        findings=findings,
        not_used=tuple(str(piece) for piece in batch.not_used),
    )


def _schema_findings(root: Any, schemas: Path | None) -> tuple[ConformanceFinding, ...] | None:
    schema = loaded_schema(schemas, BATCH_ROOT) if schemas is not None else None
    if schema is None:
        return None
    return tuple(
        ConformanceFinding(error.element, error.path, None, f"XSD: {error.message}", ERROR)
        for error in schema_errors(schema, root)
    )
