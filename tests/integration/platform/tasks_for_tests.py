"""Tasks that only a test's worker knows (`include=`): they leave traces that the test can read."""

import os
import signal
import time
from pathlib import Path

from celery import shared_task


@shared_task
def nap(trace: str, seconds: float) -> None:
    """Sleep between two lines of the trace: one line "started", one "finished", each time it runs."""
    _append(trace, "started")
    time.sleep(seconds)
    _append(trace, "finished")


def _append(trace: str, word: str) -> None:
    with Path(trace).open("a") as file:
        file.write(f"{word}\n")


@shared_task
def nap_that_dies_once(trace: str) -> None:
    """Kill its own process the first time, as a machine without memory does; finish the second time."""
    is_first = not Path(trace).exists()
    _append(trace, "started")
    if is_first:
        os.kill(os.getpid(), signal.SIGKILL)
    _append(trace, "finished")
