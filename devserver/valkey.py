"""The embedded Valkey: Celery's broker, on a private Unix socket, with an append-only file for every write.

Without the append-only file no queued task survived a kill in our trial; with it all did.
"""

import signal
import socket
import subprocess
import time

from devserver import binaries, processes
from devserver.places import Places, ServiceError, make_private

START_SECONDS = 30.0
STOP_SECONDS = 15.0
_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory-policy": "noeviction",  # a broker that loses tasks silently is worse than one that refuses them
    "daemonize": "no",
}


class Valkey:
    """One server; `start` returns when it responds to PING."""

    name = "valkey"

    def __init__(self, places: Places) -> None:
        self._places = places
        self._log = places.logs / "valkey.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = binaries.valkey_program()
        folder = make_private(self._places.valkey_data)
        self._wait_for_predecessor()
        self._places.valkey_socket.unlink(missing_ok=True)
        settings = [part for name, value in _SETTINGS.items() for part in (f"--{name}", value)]
        settings += ["--unixsocket", str(self._places.valkey_socket), "--dir", str(folder)]
        self._process = processes.spawn([program, *settings], log=self._log, folder=folder)
        self._wait_until_it_answers()

    def exit_code(self) -> int | None:
        return self._process.poll() if self._process else None

    def stop(self) -> None:
        if self._process is not None:
            processes.stop(self._process, first=signal.SIGTERM, grace_seconds=STOP_SECONDS)

    def _wait_for_predecessor(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and self._answers():
            time.sleep(0.1)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.exit_code() is None:
            if self._answers():
                return
            time.sleep(0.02)
        self.stop()
        raise ServiceError(
            f"The embedded Valkey did not start; the end of {self._log} says:\n{processes.last_lines(self._log)}"
        )

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(2)
                client.connect(str(self._places.valkey_socket))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False
