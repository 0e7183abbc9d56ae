"""A whole site for one storm: web server, two workers, broker, on the test's database; each can be struck."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.db import connections

from devserver import processes
from devserver.places import PROJECT
from tests.plugins.workers import Broker, environment_of_site

SECONDS_TO_START = 60.0


@dataclass
class StormSite:
    """`folder` has logs and the strikes that the processes take (tests/storm/faults.py)."""

    folder: Path
    broker: Broker
    without: str = ""
    port: int = 0
    web: "subprocess.Popen[bytes] | None" = None
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self) -> None:
        self.port = free_port()
        self.start_web()
        self.start_workers()
        self.wait_until_ready()

    def start_web(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "-c", "safety_monitor/gunicorn_conf.py"]
        self.web = self._spawn([*command, "tests.storm.web_side:application"], "web")

    def start_workers(self) -> None:
        """Start the missing ones of two workers of two processes each."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < 2:
            name = f"worker{time.monotonic_ns()}"
            command = [sys.executable, "-m", "celery", "-A", "safety_monitor.celery", "worker", "-l", "INFO"]
            command += ["--without-gossip", "--without-mingle", "-n", f"{name}@%h"]
            self.workers.append(self._spawn([*command, "-I", "tests.storm.worker_side"], "worker"))

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while not (self.answers() and self.log("worker").count(" ready.") >= 2):
            if time.monotonic() > deadline:
                raise AssertionError(f"The site did not start:\n{self.log('web')}\n{self.log('worker')}")
            time.sleep(0.1)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status in (200, 503)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # ------------------------------------------------------------ strikes

    def strike(self, name: str, content: str = "") -> None:
        """Create a strike for the processes to take."""
        (self.folder / name).write_text(content)

    def kill_web(self) -> None:
        assert self.web is not None
        processes.kill_group(self.web)
        self.start_web()

    def kill_worker(self) -> None:
        processes.kill_group(self.workers[0])
        self.start_workers()

    def restart_broker(self, seconds: float) -> None:
        self.broker.kill()
        time.sleep(seconds)
        self.broker.start()

    def cut_connections(self) -> None:
        """End every connection of the application's role to the test's database."""
        connections.close_all()
        ending = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
        with psycopg.connect(self._environ()["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(ending)

    def clear(self) -> None:
        """Remove strikes that were not taken, correct the clock, and start everything."""
        for path in self.folder.iterdir():
            if path.name.startswith(("kill@", "full@", "clock")):
                path.unlink(missing_ok=True)
        self.start_workers()

    def stop(self) -> None:
        for process in [*self.workers, self.web]:
            if process is not None:
                processes.kill_group(process)

    def _spawn(self, command: list[str], name: str) -> "subprocess.Popen[bytes]":
        return processes.spawn(
            command, log=self.folder / f"{name}.log", environ=self._environ(), folder=PROJECT
        )

    def _environ(self) -> dict[str, str]:
        return {
            **environment_of_site(self.broker.url),
            "STORM_FOLDER": str(self.folder),
            "STORM_WITHOUT": self.without,
            "PORT": str(self.port),
            "PYTHONPATH": str(PROJECT),
        }


def free_port() -> int:
    with contextlib.closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start_client(work: Path, acknowledged: Path, log: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.storm.client", str(work), str(acknowledged)]
    return processes.spawn(command, log=log, environ=dict(os.environ), folder=PROJECT)
