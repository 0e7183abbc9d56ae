"""Using the embedded servers: one open connection to their keeper for the lifetime of this process."""

import atexit
import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from devserver.places import PROJECT, Places, ServiceError, here, prepare
from devserver.processes import last_lines
from devserver.urls import needed

_PATIENCE_SECONDS = 120.0  # a predecessor that finishes a checkpoint, and crash recovery
_held: dict[Places, socket.socket] = {}


def ensure_services() -> None:
    """Start the embedded servers that the environment does not replace; they run until this process ends."""
    names, places = needed(), here()
    if not names or (places in _held and is_alive(_held[places])):
        return
    prepare(places)
    if not _held:
        atexit.register(release)
    _held[places] = _connect(places, f"need {' '.join(names)}")


def held() -> socket.socket | None:
    """This process's connection to the keeper, if any: readable once the keeper has ended."""
    return _held.get(here())


def is_running(places: Places | None = None) -> bool:
    """Whether a keeper of these places (else this project's) is running."""
    try:
        _dial(places or here()).close()
    except OSError:
        return False
    return True


def release() -> None:
    """Close the connection; the keeper stops the servers when it was the last one."""
    if (connection := _held.pop(here(), None)) is not None:
        connection.close()


def stop_when_unused() -> bool:
    """End a running keeper without its usual wait, and wait for the end.

    Returns False if other processes still use its servers; it then ends with the last of them.
    """
    release()
    try:
        with _dial(here()) as connection:
            connection.settimeout(_PATIENCE_SECONDS)
            connection.sendall(b"stop\n")
            # Its end is the end of the connection, after both servers have stopped.
            return connection.recv(16) == b""
    except OSError:
        return True  # no keeper runs


def is_alive(connection: socket.socket) -> bool:
    """Whether the keeper's end of the connection is open."""
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def _connect(places: Places, wish: str) -> socket.socket:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            connection = _dial(places)
        except OSError:
            _start_keeper(places)
            continue
        answer = _ask(connection, wish)
        if answer == "ready":
            return connection
        connection.close()
        if answer.startswith("error "):
            raise ServiceError(answer.removeprefix("error "))
        time.sleep(0.1)  # it was about to end: the next keeper serves us
    raise ServiceError(
        f"The embedded servers did not answer within {_PATIENCE_SECONDS:.0f} s; see {places.logs}."
    )


def _dial(places: Places) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(places.keeper_socket))
    except OSError:
        connection.close()
        raise
    return connection


def _ask(connection: socket.socket, wish: str) -> str:
    connection.settimeout(_PATIENCE_SECONDS)
    try:
        connection.sendall(wish.encode() + b"\n")
        return b"".join(_until_line_end(connection)).decode(errors="replace").strip()
    except OSError:
        return ""


def _until_line_end(connection: socket.socket) -> Iterator[bytes]:
    """The whole message of the keeper: an error may contain lines of a log, so it ends where the keeper pauses."""
    while part := connection.recv(4096):
        yield part
        if part.endswith(b"\n"):
            return


def _start_keeper(places: Places) -> None:
    with _starting(places):
        try:
            _dial(places).close()
        except OSError:
            _launch(places)
            _wait_for_socket(places)


def _launch(places: Places) -> None:
    """Start a keeper, which leaves this process's session at once and writes to its own log."""
    log = places.logs / "keeper.log"
    command = [sys.executable, "-m", "devserver.keeper"]
    environ = {**os.environ, "PYTHONPATH": str(PROJECT), "SAFETY_VAR_DIR": str(places.var)}
    with log.open("ab") as output:
        done = subprocess.run(
            command,
            check=False,
            cwd=PROJECT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    if done.returncode != 0:
        raise ServiceError(
            f"The embedded servers' keeper did not start; the end of {log}:\n{last_lines(log)}"
        )


def _wait_for_socket(places: Places) -> None:
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        try:
            _dial(places).close()
        except OSError:
            time.sleep(0.02)
        else:
            return


@contextmanager
def _starting(places: Places) -> Iterator[None]:
    """One process at a time starts a keeper."""
    with (places.run / "start.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
