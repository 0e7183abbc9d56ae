"""Whether a port of this machine is free, and which process uses it if not."""

import errno
import socket
from pathlib import Path

from devserver.places import ServiceError

_LISTENING = "0A"
_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))


def refuse_taken_port(port: int) -> None:
    """Raises ServiceError, one sentence, when the web server could not listen on 127.0.0.1 at this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            reason = _owner(port) if error.errno == errno.EADDRINUSE else ""
            raise ServiceError(
                f"Port {port} cannot be used ({reason or error.strerror}): choose another, "
                f"for example `make run PORT={port + 10}`."
            ) from error


def _owner(port: int) -> str:
    """The process that listens on the port, in words; empty where the kernel does not list it (Linux only)."""
    sockets = _listening_sockets(port)
    for folder in Path("/proc").glob("[0-9]*"):
        if sockets & _sockets_of(folder):
            return f"process {folder.name} has it: {_command(folder)}"
    return "a process of another user has it" if sockets else ""


def _listening_sockets(port: int) -> set[str]:
    """The form in which /proc/PID/fd lists each socket that listens on the port: `socket:[inode]`."""
    found = set()
    for table in _TABLES:
        try:
            lines = table.read_text().splitlines()[1:]
        except OSError:
            continue
        for columns in map(str.split, lines):
            if columns[3] == _LISTENING and int(columns[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{columns[9]}]")
    return found


def _sockets_of(folder: Path) -> set[str]:
    found = set()
    try:
        for entry in (folder / "fd").iterdir():
            found.add(str(entry.readlink()))
    except OSError:
        pass  # it has ended, or belongs to another user
    return found


def _command(folder: Path) -> str:
    """The program and its first words; not all of them, because they may include a password."""
    try:
        words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return "its command is not known"
    return " ".join(words[:3]).strip()[:120]
