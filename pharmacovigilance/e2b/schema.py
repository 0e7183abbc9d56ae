"""The XSD set of HL7 and ICH: the operator's own copy, stored with its checksums and never shipped.

The files are under the licence of HL7; ICH publishes them with the E2B(R3) implementation package.
"""

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from lxml import etree

from pharmacovigilance.e2b.names import ACKNOWLEDGEMENT_ROOT, BATCH_ROOT

ROOTS = (BATCH_ROOT, ACKNOWLEDGEMENT_ROOT)
FOLDERS = ("coreschemas", "multicacheschemas")
CHECKSUMS = "SHA256SUMS"
_NAMED = re.compile(r"Element '(\w+)'")
NOT_LOADED = (
    "The XSD schemas are not loaded, so the message was not checked against them: "
    "run manage.py load_e2b_schemas FOLDER."
)


class SchemaSetError(ValueError):
    """Why a folder is no set of schemas, or why the stored set is not used, in one sentence."""


@dataclass(frozen=True)
class SchemaError:
    """One place of a message that breaks the schema."""

    element: str
    path: str
    message: str


def store_schemas(folder: Path, into: Path) -> int:
    """Copy the set from the operator's folder and replace the stored one at once.

    Returns the number of files.

    Raises SchemaSetError when the folder does not have the set or a schema does not compile; then nothing changes.
    """
    base = _base(folder)
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent) as work:
        copy = Path(work) / "set"
        names = sorted(_copy(base, copy))
        for root in ROOTS:
            _compile(copy, root)
        (copy / CHECKSUMS).write_text("".join(f"{_digest(copy / n)}  {n}\n" for n in names), encoding="ascii")
        if into.exists():
            into.replace(Path(work) / "old")
        copy.replace(into)
    return len(names)


def _base(folder: Path) -> Path:
    """The folder with `multicacheschemas` and the schema of a batch, at any depth."""
    if not folder.is_dir():
        raise SchemaSetError(f"Folder: {folder} is no folder.")
    found = sorted(folder.rglob(f"multicacheschemas/{BATCH_ROOT}.xsd"))
    if not found:
        raise SchemaSetError(
            f"Folder: {folder} holds no multicacheschemas/{BATCH_ROOT}.xsd; give the folder of ICH's schema files."
        )
    base = found[0].parent.parent
    missing = [name for name in FOLDERS if not (base / name).is_dir()]
    if missing:
        raise SchemaSetError(
            f"Folder: {base} holds no {missing[0]}; the schemas need both folders side by side."
        )
    return base


def _copy(base: Path, copy: Path) -> Iterator[str]:
    for name in FOLDERS:
        (copy / name).mkdir(parents=True)
        for path in sorted((base / name).glob("*.xsd")):
            shutil.copyfile(path, copy / name / path.name)
            yield f"{name}/{path.name}"


def _compile(folder: Path, root: str) -> etree.XMLSchema:
    path = folder / "multicacheschemas" / f"{root}.xsd"
    parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
    try:
        return etree.XMLSchema(etree.parse(str(path), parser))
    except (OSError, etree.LxmlError) as error:
        raise SchemaSetError(f"Schema: {root}.xsd does not compile ({error}).") from error


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def loaded_schema(folder: Path, root: str) -> etree.XMLSchema | None:
    """The stored schema of a batch or an acknowledgement; None when no set is stored.

    Raises SchemaSetError when a stored file is not the one that was loaded.
    """
    sums = folder / CHECKSUMS
    if not sums.exists():
        return None
    return _verified(folder, root, sums.read_text(encoding="ascii"))


@lru_cache(maxsize=4)
def _verified(folder: Path, root: str, sums: str) -> etree.XMLSchema:
    for line in sums.splitlines():
        digest, _, name = line.partition("  ")
        path = folder / name
        if not path.is_file() or _digest(path) != digest:
            raise SchemaSetError(f"Schema: {name} is not the file that was loaded; load the schemas again.")
    return _compile(folder, root)


def schema_errors(schema: etree.XMLSchema, tree: Any) -> tuple[SchemaError, ...]:
    """The schema's errors in a parsed message; empty when it is valid."""
    if schema.validate(tree):
        return ()
    return tuple(
        SchemaError(
            element=_element(_plain(entry.message)), path=entry.path or "", message=_plain(entry.message)
        )
        for entry in cast("Iterable[Any]", schema.error_log)
    )


def _element(message: str) -> str:
    """The element that libxml2 names in its message; the path that it gives has numbers only."""
    named = _NAMED.search(message)
    return named[1] if named else BATCH_ROOT


def _plain(message: str) -> str:
    return message.replace("{urn:hl7-org:v3}", "")
