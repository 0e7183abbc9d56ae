"""A private broker, and real Celery workers on it and on the test's database.

The database must have committed rows for another process to see them, so both fixtures make the test transactional.
"""

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from kombu import pools

from devserver import processes
from devserver.places import PROJECT, Places
from devserver.valkey import Valkey

SECONDS_TO_START = 60.0


class Broker:
    """A Valkey of the test's own, which the test may stop and start again."""

    def __init__(self, folder: Path) -> None:
        places = Places(var=folder)
        for needed in (places.run, places.logs):
            needed.mkdir(parents=True)
        self._server = Valkey(places)
        self.url = f"redis+socket://{places.valkey_socket}?virtual_host=0"

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def kill(self) -> None:
        """As by a power cut."""
        assert self._server._process is not None
        processes.kill_group(self._server._process)


class Worker:
    """A worker process as in production, with modules of test tasks if the test names any."""

    def __init__(self, broker_url: str, log: Path, *, include: Sequence[str] = ()) -> None:
        self.log = log
        command = [sys.executable, "-m", "celery", "-A", "safety_monitor.celery", "worker", "-l", "INFO"]
        command += ["--without-gossip", "--without-mingle", "-n", f"{log.stem}@%h"]
        command += ["-I", ",".join(include)] if include else []
        self.process = processes.spawn(
            command, log=log, environ=environment_of_site(broker_url), folder=PROJECT
        )

    def wait_until_ready(self) -> "Worker":
        return self.wait_for(" ready.", seconds=SECONDS_TO_START)

    def wait_for(self, text: str, *, seconds: float = 20.0) -> "Worker":
        """Wait until the worker's log contains the text."""
        deadline = time.monotonic() + seconds
        while text not in self.log.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(
                    f"The worker's log never said {text!r}:\n{processes.last_lines(self.log, count=40)}"
                )
            time.sleep(0.05)
        return self

    def wait_until_busy(self, *, seconds: float = 20.0) -> None:
        """Wait until the worker itself counts a task as running.

        When SIGTERM comes before, Celery takes the task for one that was not begun and hands it back to the queue, and
        the stop waits 30 s for an answer that the pool's process has no one to give to.
        """
        from safety_monitor.celery import app

        asking = app.control.inspect(timeout=1.0, limit=1)
        deadline = time.monotonic() + seconds
        while not any((asking.active() or {}).values()):
            assert time.monotonic() < deadline, "The worker never began a task."

    def kill(self) -> None:
        """With its pool's processes, as when a machine runs out of memory."""
        processes.kill_group(self.process)

    def stop(self, *, grace_seconds: float = 30.0) -> int:
        """As the supervisor does; returns the exit status."""
        processes.stop(self.process, first=signal.SIGTERM, grace_seconds=grace_seconds)
        return self.process.returncode


@pytest.fixture
def broker(transactional_db: None) -> Iterator[Broker]:
    """A private Valkey to which `.delay` sends during the test."""
    # Not tmp_path: its name is too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="safety-broker-"))
    server = Broker(folder)
    server.start()
    _send_tasks_to(server.url)
    yield server
    _send_tasks_to("memory://")
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def start_worker(broker: Broker, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Starts a worker on the private broker each time it is called.

    All are killed at the end, since ending in good order takes seconds.
    """
    started: list[Worker] = []

    def start(*, include: Sequence[str] = ()) -> Worker:
        started.append(Worker(broker.url, tmp_path / f"worker{len(started)}.log", include=include))
        return started[-1].wait_until_ready()

    yield start
    for worker in started:
        worker.kill()


@pytest.fixture
def celery_worker(start_worker: Callable[..., Worker]) -> Worker:
    """One worker, ready."""
    return start_worker()


def _send_tasks_to(url: str) -> None:
    from safety_monitor.celery import app

    app.conf.update(broker_url=url)
    pools.reset()
    app._pool = None  # type: ignore[attr-defined]  # the pools of the broker before
    app.amqp._producer_pool = None  # type: ignore[attr-defined]


def environment_of_site(broker_url: str) -> dict[str, str]:
    """The environment of a process of the site that works on this test's database and broker."""
    from django.db import connections

    urls = {alias: _url(connections[alias].settings_dict) for alias in ("default", "owner")}
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "safety_monitor.settings_test",
        "DATABASE_URL": urls["default"],
        "DATABASE_OWNER_URL": urls["owner"],
        "CELERY_BROKER_URL": broker_url,
        "SAFETY_TEST_BROKER_URL": broker_url,
    }


def _url(entry: dict[str, str]) -> str:
    login = f"{quote(entry['USER'])}:{quote(entry['PASSWORD'])}"
    return (
        f"postgresql://{login}@/{entry['NAME']}?{urlencode({'host': entry['HOST'], 'port': entry['PORT']})}"
    )
