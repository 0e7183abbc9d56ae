"""The lock that lets one supervisor run in a folder.

The kernel releases it when its process ends, also after kill -9.
"""

import fcntl
import os
from typing import IO

from devserver.places import Places, ServiceError


def running_supervisor(places: Places) -> int | None:
    """The process id of the supervisor with the lock, if any."""
    try:
        with (places.run / "supervisor.lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int((places.run / "supervisor.lock").read_text().split()[0])
    except OSError:
        return None
    return None


class OnlyOne:
    """Context manager with the supervisor's lock; its file has the process and its port.

    Raises ServiceError, one sentence, while another supervisor has it.
    """

    def __init__(self, places: Places, port: int) -> None:
        self._path = places.run / "supervisor.lock"
        self._port = port
        self._lock: IO[str] | None = None

    def __enter__(self) -> None:
        self._lock = self._path.open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, port = self._path.read_text().split()
            raise ServiceError(
                f"The site already runs at http://127.0.0.1:{int(port)} (process {pid}): `make stop` stops it."
            ) from None
        self._lock.truncate(0)
        self._lock.write(f"{os.getpid()} {self._port}")
        self._lock.flush()

    def __exit__(self, *_: object) -> None:
        if self._lock is not None:
            self._lock.close()
