"""The embedded servers run while they are used, are started once, and leave no process."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devserver.places import PROJECT
from tests.plugins.sites import environment_of, processes_of

USER_OF_SERVICES = """
import sys
from devserver.lease import ensure_services
ensure_services()
ensure_services()
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def var(make_folder: Callable[[str], Path]) -> Path:
    return make_folder("services") / "var"


def start_user(var: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", USER_OF_SERVICES],
        cwd=PROJECT,
        env=environment_of(var),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def servers(var: Path) -> list[str]:
    names = ("devserver.keeper", "bin/postgres", "valkey-server")
    commands = processes_of(var).values()
    return sorted(name for command in commands for name in names if name in command)


def test_services_serve_several_users_at_once_and_end_after_the_last(var: Path) -> None:
    users = [start_user(var) for _ in range(3)]
    answers = [user.stdout.readline().strip() for user in users if user.stdout]
    while_used = servers(var)

    users[0].kill()
    users[1].communicate()
    time.sleep(4)
    while_used_by_one = servers(var)
    users[2].kill()
    ended_by = time.monotonic() + 20
    while processes_of(var) and time.monotonic() < ended_by:
        time.sleep(0.1)

    for user in users:
        user.communicate()
    assert answers == ["ready"] * 3
    assert while_used == ["bin/postgres", "devserver.keeper", "valkey-server"]
    assert while_used_by_one == while_used
    assert processes_of(var) == {}


def test_folders_of_the_servers_are_private(var: Path) -> None:
    user = start_user(var)
    assert user.stdout is not None
    user.stdout.readline()

    modes = {
        name: oct((var / name).stat().st_mode & 0o777)
        for name in (".", "run", "run/pg", "postgres", "valkey")
    }

    user.communicate()
    assert set(modes.values()) == {"0o700"}
