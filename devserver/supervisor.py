"""The whole site as one command: database and broker, then web server, Celery worker and beat, until stopped.

Every child has its own session, so that Ctrl-C reaches only the supervisor, and the kernel ends it when the supervisor
ends, for any reason. The parts stop in the order web, beat, worker (which finishes its task or returns it), broker,
database. When one of them ends by itself everything ends, with status 1.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import FrameType

from devserver import lease, leftovers, preparation, processes
from devserver.places import PROJECT, Places, ServiceError, here, prepare
from devserver.ports import refuse_taken_port
from devserver.supervisor_lock import OnlyOne, running_supervisor

_TICK_SECONDS = 0.2
OFFICIAL_WORDING = (
    "NCI's wording of the grades is not shipped. To load it: .venv/bin/python manage.py load_ctcae FILE"
)
_ONE_WISH_SECONDS = 0.5
_SECONDS_TO_ANSWER = 120.0
_POOL_PER_WEB_PROCESS = "6"


@dataclass(frozen=True)
class SupervisedProcess:
    """One child of the supervisor and its grace period in seconds."""

    name: str
    command: tuple[str, ...]
    grace_seconds: float


class StopAsked(Exception):  # noqa: N818 - it is no error
    """The site was stopped while it was still starting."""


class Supervisor:
    """Runs the parts of the site; `run` returns the exit status."""

    def __init__(self, *, port: int, with_demonstration: bool) -> None:
        self._port = port
        self._with_demonstration = with_demonstration
        self._places = here()
        self._children: dict[SupervisedProcess, subprocess.Popen[bytes]] = {}
        self._asked_to_stop = 0
        self._asked_at = 0.0

    def run(self) -> int:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._note)
        processes.adopt_orphans()
        try:
            prepare(self._places)
            with OnlyOne(self._places, self._port):
                return self._run_alone()
        except ServiceError as error:
            print(error, file=sys.stderr, flush=True)
            return 1

    def _run_alone(self) -> int:
        end_killed_supervisor(self._places)
        refuse_taken_port(self._port)
        try:
            lease.ensure_services()
            if preparation.is_needed(self._places, with_demonstration=self._with_demonstration):
                self._prepare_site()
            for part in parts(self._places):
                self._children[part] = self._start(part)
            self._wait_until_healthy()
            self._announce()
            return self._watch()
        except StopAsked:
            return 0
        finally:
            self._stop_all()

    def _note(self, _signal: int, _frame: FrameType | None) -> None:
        """Count the stop signals.

        Make passes a signal on that the group received already: two in quick succession count as one.
        """
        now = time.monotonic()
        if now - self._asked_at > _ONE_WISH_SECONDS:
            self._asked_to_stop += 1
        self._asked_at = now

    def _start(self, part: SupervisedProcess) -> subprocess.Popen[bytes]:
        return self._spawn(part.command, log=self._log(part.name))

    def _spawn(self, command: Sequence[str], *, log: Path | None) -> subprocess.Popen[bytes]:
        process = processes.spawn(command, log=log, environ=self._environment(), folder=PROJECT)
        leftovers.note_group(self._places, process.pid)
        return process

    def _prepare_site(self) -> None:
        """Migrations, translations, static files and, if requested, the demonstration trial, in one process."""
        command = [sys.executable, "manage.py", "prepare_site"]
        command += ["--demonstration"] if self._with_demonstration else []
        process = self._spawn(command, log=None)
        try:
            while process.poll() is None:
                self._refuse_to_go_on_if_asked()
                time.sleep(_TICK_SECONDS)
        finally:
            processes.stop(process, first=signal.SIGTERM, grace_seconds=5)
        if process.returncode != 0:
            raise ServiceError("The site could not be prepared; the message above says why.")
        preparation.note_done(self._places, with_demonstration=self._with_demonstration)

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + _SECONDS_TO_ANSWER
        answer = ""
        while time.monotonic() < deadline:
            self._refuse_to_go_on_if_asked()
            if failure := self._failure():
                raise ServiceError(failure)
            answer = _health(self._port)
            if not answer:
                return
            time.sleep(_TICK_SECONDS)
        raise ServiceError(
            f"The site did not become healthy within {_SECONDS_TO_ANSWER:.0f} s ({answer}); see {self._places.logs}."
        )

    def _watch(self) -> int:
        while not self._asked_to_stop:
            if failure := self._failure():
                print(f"{failure}\nEverything is being stopped.", file=sys.stderr, flush=True)
                return 1
            time.sleep(_TICK_SECONDS)
        print("Stopping: web, beat, worker (a running task gets 25 s), broker, database …", flush=True)
        return 0

    def _failure(self) -> str | None:
        """The part that ended by itself, in words; None while everything runs."""
        for part, process in self._children.items():
            if (status := process.poll()) is not None:
                log = self._log(part.name)
                return f"The {part.name} ended by itself (status {status}); the end of {log}:\n{processes.last_lines(log)}"
        connection = lease.held()
        if connection is not None and not lease.is_alive(connection):
            return f"The embedded database or broker ended by itself; see {self._places.logs}."
        return None

    def _refuse_to_go_on_if_asked(self) -> None:
        if self._asked_to_stop:
            raise StopAsked

    def _stop_all(self) -> None:
        for part, process in self._children.items():
            self._stop_one(part, process)
        leftovers.forget_groups(self._places)
        if lease.stop_when_unused():
            processes.collect_orphans()

    def _stop_one(self, part: SupervisedProcess, process: subprocess.Popen[bytes]) -> None:
        """SIGTERM, the part's grace period (cut short by a second Ctrl-C), then SIGKILL to the remaining processes."""
        if process.poll() is None:
            process.terminate()
        asked_before, deadline = max(self._asked_to_stop, 1), time.monotonic() + part.grace_seconds
        while process.poll() is None and time.monotonic() < deadline and self._asked_to_stop <= asked_before:
            time.sleep(_TICK_SECONDS / 4)
        processes.kill_group(process)

    def _announce(self) -> None:
        print(
            f"\nThe safety monitor runs at {_address(self._port)}  (Ctrl-C stops it; logs: {self._places.logs})"
        )
        with suppress(OSError):
            print((self._places.var / "demo-logins.txt").read_text().strip())
        print(OFFICIAL_WORDING, flush=True)

    def _log(self, name: str) -> Path:
        return self._places.logs / f"{name}.log"

    def _environment(self) -> Mapping[str, str]:
        defaults = {
            "SITE_URL": _address(self._port),
            "DATABASE_POOL_SIZE": _POOL_PER_WEB_PROCESS,
        }
        fixed = {
            "DJANGO_SETTINGS_MODULE": "devserver.settings",
            "PORT": str(self._port),
            "SAFETY_VAR_DIR": str(self._places.var),
            "PYTHONUNBUFFERED": "1",
        }
        return {**defaults, **os.environ, **fixed}


def parts(places: Places) -> tuple[SupervisedProcess, ...]:
    """The children, in the order in which they stop."""
    python, celery = sys.executable, ("-m", "celery", "-A", "devserver.celery")
    schedule = str(places.run / "beat-schedule")
    return (
        SupervisedProcess(
            "web",
            (python, "-m", "gunicorn", "-c", "safety_monitor/gunicorn_conf.py", "devserver.wsgi"),
            15.0,
        ),
        SupervisedProcess("beat", (python, *celery, "beat", "-l", "INFO", "-s", schedule, "--pidfile="), 5.0),
        SupervisedProcess(
            "worker", (python, *celery, "worker", "-l", "INFO", "--without-gossip", "--without-mingle"), 30.0
        ),
    )


def stop_running(*, patience_seconds: float = 60.0) -> bool:
    """Stop a running supervisor and wait for its end; then let idle servers end. True if anything ran."""
    places = here()
    pid = running_supervisor(places)
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + patience_seconds
        while running_supervisor(places) is not None:
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"The supervisor (process {pid}) did not end within {patience_seconds:.0f} s."
                )
            time.sleep(_TICK_SECONDS)
    ended = pid is None and _end_leftovers_of_the_dead(places)
    served = lease.is_running()
    lease.stop_when_unused()
    return pid is not None or ended or served


def end_killed_supervisor(places: Places) -> bool:
    """End the remaining parts of a killed supervisor, under the lock; True if there was any."""
    if not leftovers.members(places):
        leftovers.forget_groups(places)
        return False
    print("The site was killed before: its remaining processes are ended first …", flush=True)
    patience_seconds = max(part.grace_seconds for part in parts(places))
    return bool(leftovers.end_leftovers(places, patience_seconds=patience_seconds))


def _end_leftovers_of_the_dead(places: Places) -> bool:
    if not places.run.exists():
        return False
    try:
        with OnlyOne(places, 0):
            return end_killed_supervisor(places)
    except ServiceError:
        return False  # another one has begun in the meantime


def _health(port: int) -> str:
    """Empty when the site is healthy, else its response."""
    try:
        with urllib.request.urlopen(f"{_address(port)}/healthz", timeout=5):  # noqa: S310 - our own address
            return ""
    except urllib.error.HTTPError as error:
        is_unhealthy = error.code == HTTPStatus.SERVICE_UNAVAILABLE
        return error.read(500).decode(errors="replace") if is_unhealthy else f"status {error.code}"
    except OSError as error:
        return str(error)


def _address(port: int) -> str:
    return f"http://127.0.0.1:{port}"
