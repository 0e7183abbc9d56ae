"""A running task is finished or goes back to the queue when its worker is stopped.

A killed worker loses none.
"""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.platform.tasks_for_tests import nap, nap_that_dies_once
from tests.plugins.workers import Broker, Worker

TASKS = ("tests.integration.platform.tasks_for_tests",)
StartWorker = Callable[..., Worker]


def wait_for_lines(trace: Path, count: int, *, seconds: float = 20.0) -> list[str]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        lines = trace.read_text().split() if trace.exists() else []
        if len(lines) >= count:
            return lines
        time.sleep(0.05)
    return lines


def test_worker_asked_to_stop_finishes_its_task_first(start_worker: StartWorker, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    worker = start_worker(include=TASKS)
    nap.delay(str(trace), 2.0)
    wait_for_lines(trace, 1)
    worker.wait_until_busy()

    status = worker.stop()

    assert status == 0
    assert trace.read_text().split() == ["started", "finished"]


@pytest.mark.long
def test_task_that_outlasts_the_grace_goes_back_to_the_queue(
    start_worker: StartWorker, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    worker = start_worker(include=TASKS)
    nap.delay(str(trace), 40.0)
    wait_for_lines(trace, 1)
    worker.wait_until_busy()

    started_at = time.monotonic()
    worker.stop(grace_seconds=30.0)
    took_seconds = time.monotonic() - started_at
    start_worker(include=TASKS)
    lines = wait_for_lines(trace, 2)

    assert took_seconds < 29
    assert lines == ["started", "started"]


def test_queued_tasks_survive_the_end_of_the_broker(
    broker: Broker, start_worker: StartWorker, tmp_path: Path
) -> None:
    traces = [tmp_path / f"trace{number}" for number in range(20)]
    for trace in traces:
        nap.delay(str(trace), 0.0)

    broker.stop()
    broker.start()
    start_worker(include=TASKS)

    assert all(wait_for_lines(trace, 2) == ["started", "finished"] for trace in traces)


def test_task_of_a_killed_pool_process_runs_again(start_worker: StartWorker, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    start_worker(include=TASKS)
    nap_that_dies_once.delay(str(trace))

    assert wait_for_lines(trace, 3) == ["started", "started", "finished"]
