"""The supervisor with real processes: it starts everything, and after any end of it or of a part nothing remains."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devserver.places import PROJECT
from tests.plugins.sites import environment_of, processes_of

SECONDS_TO_START = 120
SECONDS_TO_END = 60
PARTS = {
    "web": "gunicorn",
    "beat": "celery beat",
    "worker": "celery worker",
    "database": "bin/postgres",
    "broker": "valkey-server",
    "keeper": "devserver.keeper",
}


class Site:
    """One running site with a folder and a port of its own."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = free_port()
        self.output = var.with_name(f"{var.name}.out")
        self.process = self.command("run", "--port", str(self.port), output=self.output)

    def run_again(self) -> None:
        """Start it on the same port, as the next `make run` does."""
        self.output = self.var.with_name(f"{self.var.name}.again")
        self.output.touch()
        self.process = self.command("run", "--port", str(self.port), output=self.output)

    def command(self, *words: str, output: Path) -> "subprocess.Popen[bytes]":
        with output.open("ab") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "devserver", *words],
                cwd=PROJECT,
                env=environment_of(self.var),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )

    def wait_until_it_runs(self) -> "Site":
        deadline = time.monotonic() + SECONDS_TO_START
        while "runs at" not in self.output.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"The site did not start:\n{self.output.read_text()}")
            time.sleep(0.1)
        return self

    def processes(self) -> dict[int, str]:
        return processes_of(self.var)

    def process_of(self, part: str) -> int:
        """The main process of a part: the oldest one whose command names it."""
        return min(
            pid for pid, command in self.processes().items() if all(w in command for w in PARTS[part].split())
        )

    def seconds_until_empty(self) -> float:
        started_at = time.monotonic()
        while remaining := self.processes():
            if time.monotonic() - started_at > SECONDS_TO_END:
                pytest.fail(f"Processes stayed behind: {remaining}\n{self.output.read_text()}")
            time.sleep(0.1)
        return time.monotonic() - started_at

    def clean_up(self) -> None:
        for pid in [self.process.pid, *self.processes()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def health(site: Site) -> tuple[int, dict[str, str]]:
    address = f"http://127.0.0.1:{site.port}/healthz"
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.fixture
def site(make_folder: Callable[[str], Path]) -> Iterator[Site]:
    started = Site(make_folder("site") / "var")
    yield started
    started.clean_up()


def test_site_starts_answers_and_stops_without_a_trace(site: Site) -> None:
    site.wait_until_it_runs()

    status, states = health(site)
    second_output = site.output.with_name("second.out")
    second_status = site.command("run", "--port", str(site.port), output=second_output).wait()
    stop_status = site.command("stop", output=second_output).wait()

    assert (status, states) == (200, {"database": "ok", "broker": "ok", "worker": "ok"})
    assert second_status == 1
    assert "already runs at" in second_output.read_text()
    assert stop_status == 0
    assert site.process.wait() == 0
    assert site.seconds_until_empty() < 1


@pytest.mark.long
@pytest.mark.parametrize(
    "asked", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda asked: asked.name
)
def test_signal_to_the_supervisor_ends_everything_with_status_0(site: Site, asked: signal.Signals) -> None:
    site.wait_until_it_runs()

    site.process.send_signal(asked)

    assert site.process.wait(SECONDS_TO_END) == 0
    assert site.seconds_until_empty() < 1


@pytest.mark.long
def test_killed_supervisor_leaves_nothing_behind(site: Site) -> None:
    site.wait_until_it_runs()

    site.process.kill()

    assert site.process.wait() == -signal.SIGKILL
    assert site.seconds_until_empty() < 30


@pytest.mark.long
def test_next_run_after_a_kill_ends_what_was_left_and_takes_the_port(site: Site) -> None:
    site.wait_until_it_runs()
    left_web = site.process_of("web")
    os.kill(left_web, signal.SIGSTOP)  # a web server that does not end on the signal

    site.process.kill()
    site.process.wait()
    site.run_again()
    site.wait_until_it_runs()

    assert health(site)[0] == 200
    assert site.process_of("web") != left_web
    assert left_web not in site.processes()


@pytest.mark.long
@pytest.mark.parametrize("part", PARTS)
def test_death_of_any_part_ends_everything_with_a_status_other_than_0(site: Site, part: str) -> None:
    site.wait_until_it_runs()

    os.kill(site.process_of(part), signal.SIGKILL)

    assert site.process.wait(SECONDS_TO_END) == 1
    assert "ended by itself" in site.output.read_text()
    assert site.seconds_until_empty() < 10


@pytest.mark.long
def test_signal_during_the_start_ends_everything(site: Site) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while (
        not any("valkey-server" in command for command in site.processes().values())
        and time.monotonic() < deadline
    ):
        time.sleep(0.02)

    site.process.terminate()

    assert site.process.wait(SECONDS_TO_END) == 0
    assert site.seconds_until_empty() < 1


def test_taken_port_is_refused_in_one_sentence(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        site.process.terminate()
        site.process.wait(SECONDS_TO_END)
        output = site.output.with_name("taken.out")

        status = site.command("run", "--port", str(port), output=output).wait()

    assert status == 1
    assert output.read_text().startswith(f"Port {port} cannot be used (process {os.getpid()} has it: ")
