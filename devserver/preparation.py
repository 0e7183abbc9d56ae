"""Whether the site must be prepared again: migrations, protections, translations, static files, demonstration.

All of them can be repeated without harm, but cost seconds of every start. So the supervisor stores a stamp of what it
prepared: the project's files by name, size and time, and the database's files by their creation. Only for the embedded
database, whose history is ours.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from devserver.places import PROJECT, Places
from devserver.urls import needed

_NOT_PART_OF_THE_SITE = {".git", ".venv", "var", "tests", "docs", "benchmarks", "__pycache__", "staticfiles"}


def is_needed(places: Places, *, with_demonstration: bool) -> bool:
    """Whether anything changed since the last preparation, or nothing is known about it."""
    if "postgres" not in needed():
        return True
    stamp = _stamp(places)
    return not stamp.exists() or stamp.read_text() != fingerprint(
        places, with_demonstration=with_demonstration
    )


def note_done(places: Places, *, with_demonstration: bool) -> None:
    """Store the stamp of what was prepared."""
    _stamp(places).write_text(fingerprint(places, with_demonstration=with_demonstration))


def fingerprint(places: Places, *, with_demonstration: bool) -> str:
    """The stamp: the project's files, the environment's stamp, and the database's creation."""
    digest = hashlib.sha256(f"{with_demonstration}".encode())
    for path in sorted(_files(PROJECT)):
        found = path.stat()
        digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    born = places.postgres_data / "PG_VERSION"
    digest.update(str(born.stat().st_mtime_ns if born.exists() else None).encode())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """Files that the preparation depends on. Compiled translations are a result, not a source."""
    for here, folders, names in os.walk(folder):
        folders[:] = [
            name for name in folders if name not in _NOT_PART_OF_THE_SITE and not name.startswith(".")
        ]
        yield from (Path(here) / name for name in names if not name.endswith((".pyc", ".mo")))


def _stamp(places: Places) -> Path:
    return places.var / "prepared"
