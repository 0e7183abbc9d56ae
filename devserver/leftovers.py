"""Ends the children of a dead supervisor: they finish their work and keep the port for some seconds.

The supervisor writes the process group of each child to a file under `run`. The next supervisor, once it has the lock,
waits for these groups and then kills the remaining processes. A process belongs to one of our groups when its group is
in the file and its environment names our folder, because process numbers are reused and no other process may be killed.
Linux only (/proc); elsewhere nothing is found.
"""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from devserver.places import Places

_TICK_SECONDS = 0.1
_ENDED = {"Z", "X"}


def note_group(places: Places, group: int) -> None:
    """Add the process group of a new child to the file."""
    with _file(places).open("a") as file:
        file.write(f"{group}\n")


def forget_groups(places: Places) -> None:
    """Empty the file, after every child has ended."""
    _file(places).unlink(missing_ok=True)


def end_leftovers(places: Places, *, patience_seconds: float) -> list[int]:
    """Wait until the groups in the file have ended, and kill them after the patience.

    Returns the processes found.

    Call it only while no other supervisor of these places can run.
    """
    found = members(places)
    deadline = time.monotonic() + patience_seconds
    while members(places) and time.monotonic() < deadline:
        time.sleep(_TICK_SECONDS)
    while remaining := members(places):
        for pid in remaining:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_TICK_SECONDS)
    forget_groups(places)
    return found


def members(places: Places) -> list[int]:
    """The living processes of the groups in the file."""
    groups = _groups(places)
    if not groups:
        return []
    folders = Path("/proc").glob("[0-9]*")
    return sorted(int(folder.name) for folder in folders if _is_ours(folder, groups, places))


def _groups(places: Places) -> set[int]:
    try:
        words = _file(places).read_text().split()
    except OSError:
        return set()
    return {int(word) for word in words if word.isdecimal()}


def _is_ours(folder: Path, groups: set[int], places: Places) -> bool:
    try:
        # After the name, which may hold blanks and brackets: state, parent, group.
        state, _parent, group = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[:3]
        if state in _ENDED or int(group) not in groups:
            return False
        return os.fsencode(f"SAFETY_VAR_DIR={places.var}") in (folder / "environ").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return False  # it has ended, or belongs to another user


def _file(places: Places) -> Path:
    return places.run / "supervisor.children"
