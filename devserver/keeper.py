"""The process that owns the embedded servers and stops them when they are unused.

A process that needs a server opens a connection to the keeper's socket and keeps it open (lease.py). The kernel closes
it when that process ends, also after kill -9, so that the count of users is always right. Lines that a client may send:

    need postgres valkey     start what does not run yet; the response is `ready` or `error <sentence>`
    stop                     end now, or respond `busy` and end as soon as every other connection is closed

When the last connection is closed the keeper waits a few seconds for the next command of a script, then stops the
broker, then the database, and ends. It ends with status 1 as soon as one of its servers dies; every client then reads
the end of its connection.
"""

import fcntl
import os
import selectors
import signal
import socket
import sys
import time
from types import FrameType

from devserver.lease import is_alive
from devserver.places import Places, ServiceError, here, prepare
from devserver.postgres import Postgres
from devserver.valkey import Valkey

LINGER_SECONDS = 3.0
"""The wait between two commands of a script: each connects within a fraction of a second of its start."""
_TICK_SECONDS = 0.25

Server = Postgres | Valkey


class Keeper:
    """Counts the open connections and runs the servers that they need."""

    def __init__(self, places: Places) -> None:
        self._available: dict[str, Server] = {"valkey": Valkey(places), "postgres": Postgres(places)}
        self._running: list[Server] = []
        self._selector = selectors.DefaultSelector()
        self._clients: set[socket.socket] = set()
        self._listener = _listen(places)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._linger_seconds = LINGER_SECONDS
        self._idle_since = time.monotonic()
        self._told_to_end = False

    def serve(self) -> int:
        """Serve until idle, stopped, or a server dies; returns the exit status."""
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)
        try:
            while not self._may_end():
                if dead := [server.name for server in self._running if server.exit_code() is not None]:
                    print(f"{', '.join(dead)} ended unexpectedly", flush=True)
                    return 1
                for key, _ in self._selector.select(_TICK_SECONDS):
                    self._attend(key.fileobj)
        finally:
            self._stop_all()
        return 0

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self._told_to_end = True

    def _may_end(self) -> bool:
        idle_seconds = time.monotonic() - self._idle_since
        return self._told_to_end or (not self._clients and idle_seconds > self._linger_seconds)

    def _attend(self, ready: object) -> None:
        if ready is self._listener:
            client, _ = self._listener.accept()
            client.settimeout(5)
            self._clients.add(client)
            self._selector.register(client, selectors.EVENT_READ)
        elif isinstance(ready, socket.socket):
            self._listen_to(ready)

    def _listen_to(self, client: socket.socket) -> None:
        try:
            line = client.recv(256).decode(errors="replace").strip()
        except OSError:
            line = ""
        match line.split():
            case ["need", *names]:
                self._answer(client, self._start(names))
            case ["stop"]:
                self._end_for(client)
            case _:
                self._forget(client)

    def _end_for(self, client: socket.socket) -> None:
        """The client stays connected until everything has stopped, and so gets the end of the connection then."""
        self._linger_seconds = 0.0
        if any(is_alive(other) for other in self._clients - {client}):
            self._answer(client, "busy")
            self._forget(client)
        else:
            self._told_to_end = True

    def _start(self, names: list[str]) -> str:
        self._linger_seconds = LINGER_SECONDS
        try:
            for name in names:
                server = self._available[name]
                if server not in self._running:
                    server.start()
                    self._running.append(server)
        except ServiceError as error:
            return f"error {error}"
        return "ready"

    def _answer(self, client: socket.socket, text: str) -> None:
        try:
            client.sendall(text.encode() + b"\n")
        except OSError:
            self._forget(client)

    def _forget(self, client: socket.socket) -> None:
        if client not in self._clients:
            return
        self._selector.unregister(client)
        self._clients.remove(client)
        client.close()
        self._idle_since = time.monotonic()

    def _stop_all(self) -> None:
        self._listener.close()
        for server in sorted(self._running, key=lambda server: list(self._available).index(server.name)):
            server.stop()


def _listen(places: Places) -> socket.socket:
    path = places.keeper_socket
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    path.chmod(0o600)
    listener.listen(64)
    return listener


def _become_daemon() -> None:
    """Leave the caller's session, so that neither its terminal nor its end stops the servers for others."""
    if os.fork():
        os._exit(0)
    os.setsid()


def main() -> int:
    places = here()
    prepare(places)
    _become_daemon()
    with (places.run / "keeper.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0  # another keeper serves already
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        keeper = Keeper(places)
        status = keeper.serve()
        # Removed before the lock: a client that finds no socket may start the next keeper at once.
        places.keeper_socket.unlink(missing_ok=True)
        return status


if __name__ == "__main__":
    sys.exit(main())
