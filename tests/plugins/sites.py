"""Processes in a folder of their own: how to start them there, and how to find every one of them."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

ELSEWHERE = (
    "DJANGO_SETTINGS_MODULE",  # its processes choose their own
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "CELERY_BROKER_URL",
    "SAFETY_TEST_BROKER_URL",
    "SAFETY_FSYNC",
)


@pytest.fixture(scope="session")
def make_folder() -> Iterator[Callable[[str], Path]]:
    """Makes an empty folder with a name from its argument.

    Not tmp_path: as root the database's own user must be able to pass, pytest's folders are private to the caller, and
    their names are too long for a socket. All are removed at the end of the run: a database server leaves a thousand
    files, and ext4 searches those that were deleted in the last minutes for each one that it makes.
    """
    with ExitStack() as made:
        yield lambda name: Path(made.enter_context(tempfile.TemporaryDirectory(prefix=f"safety-{name}-")))


def environment_of(var: Path) -> dict[str, str]:
    """The environment of a site, not of a test, with its data in `var`."""
    kept = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    return {**kept, "SAFETY_VAR_DIR": str(var), "WORKER_LOADS_FIRST": ""}  # no report is made there


def processes_of(var: Path) -> dict[int, str]:
    """Command lines of the running processes of the folder, by process id."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        command, environ = read(folder / "cmdline"), read(folder / "environ")
        if str(var) in command + environ and not has_ended(folder):
            found[int(folder.name)] = command
    return found


def has_ended(folder: Path) -> bool:
    """Whether the process only waits for its parent to read its exit status (the kernel's state Z)."""
    return read(folder / "stat").rpartition(")")[2].strip()[:1] in ("Z", "X", "")


def read(path: Path) -> str:
    try:
        return path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
