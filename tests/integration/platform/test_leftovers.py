"""The next supervisor ends the remains of a killed one, and no other process."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devserver import leftovers
from devserver.places import Places, ServiceError, prepare
from devserver.ports import refuse_taken_port

SLEEPER = "import time; print('ready', flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"
PARENT = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", {SLEEPER!r}]).wait()
"""


@pytest.fixture
def places(make_folder: Callable[[str], Path]) -> Places:
    made = Places(var=make_folder("left") / "var")
    prepare(made)
    return made


@pytest.fixture
def start() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts a process with a group of its own and waits until it runs."""
    started: list[subprocess.Popen[str]] = []

    def run(code: str, *, var: Path) -> "subprocess.Popen[str]":
        environ = {**os.environ, "SAFETY_VAR_DIR": str(var)}
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            env=environ,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    yield run
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_child_of_a_dead_supervisor_is_killed_after_the_patience(
    places: Places, start: Callable[..., "subprocess.Popen[str]"]
) -> None:
    child = start(STUBBORN, var=places.var)
    leftovers.note_group(places, child.pid)

    found = leftovers.end_leftovers(places, patience_seconds=0.2)

    assert found == [child.pid]
    assert child.wait(10) == -signal.SIGKILL
    assert leftovers.members(places) == []


def test_grandchild_whose_parent_has_ended_is_found_by_its_group(
    places: Places, start: Callable[..., "subprocess.Popen[str]"]
) -> None:
    parent = start(PARENT, var=places.var)
    leftovers.note_group(places, parent.pid)
    parent.kill()
    parent.wait()

    found = leftovers.end_leftovers(places, patience_seconds=0)

    assert len(found) == 1
    assert parent.pid not in found


@pytest.mark.parametrize("is_noted", [True, False], ids=["a number used again", "a group of its own"])
def test_stranger_is_left_alone(
    *, places: Places, start: Callable[..., "subprocess.Popen[str]"], is_noted: bool
) -> None:
    stranger = start(SLEEPER, var=places.var.with_name("another") if is_noted else places.var)
    if is_noted:
        leftovers.note_group(places, stranger.pid)

    found = leftovers.end_leftovers(places, patience_seconds=0)

    assert found == []
    assert stranger.poll() is None


def test_half_a_line_in_the_file_is_passed_over(places: Places) -> None:
    (places.run / "supervisor.children").write_text("12x\n\n")

    assert leftovers.members(places) == []


def test_taken_port_is_refused_with_the_process_that_has_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(
            ServiceError, match=rf"^Port {port} cannot be used \(process {os.getpid()} has it: "
        ):
            refuse_taken_port(port)

    refuse_taken_port(port)
