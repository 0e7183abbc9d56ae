"""The faults of a storm inside the site's own processes.

Loaded by its workers and its web server, never by the product.

The harness and the processes share a folder (`STORM_FOLDER`). A file in it is one strike, taken by the first process:

    kill@<point>     the process that reaches the point ends there, as by a power cut
    full@<point>     writing fails there: no space left on device
    clock            seconds by which this machine's clock is wrong (stays until it is changed)

`STORM_WITHOUT` names a protection to take out of the code, to show that the storm then goes red.
"""

import errno
import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

from django.utils import timezone

from tests.storm.steps import STEPS

FOLDER = Path(os.environ["STORM_FOLDER"])
WITHOUT = os.environ.get("STORM_WITHOUT", "")


def taken(name: str) -> bool:
    """Whether the strike was there, and this process took it."""
    try:
        (FOLDER / name).unlink()
    except FileNotFoundError:
        return False
    return True


def reach(point: str) -> None:
    if taken(f"kill@{point}"):
        os.kill(os.getpid(), signal.SIGKILL)
    if taken(f"full@{point}"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def with_points(step: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def reached(*args: Any, **kwargs: Any) -> Any:
        reach(f"before:{step}")
        answer = function(*args, **kwargs)
        reach(f"after:{step}")
        return answer

    return reached


_right_now = timezone.now


def wrong_now() -> datetime:
    try:
        seconds = float((FOLDER / "clock").read_text() or 0)
    except FileNotFoundError:
        seconds = 0.0
    return _right_now() + timedelta(seconds=seconds)


def install_clock() -> None:
    timezone.now = wrong_now


def install_points() -> None:
    from reports import tasks
    from reports.services import making

    tasks.create_due_reports = with_points("create_due_reports", tasks.create_due_reports)  # type: ignore[attr-defined]
    for step in STEPS[1:]:
        setattr(making, step, with_points(step, getattr(making, step)))


def take_out(protection: str) -> None:
    from django.db.models import QuerySet

    from reports import tasks
    from reports.choices import ReportState
    from reports.models.reports import BoardReportQuerySet

    if protection == "sweep":
        tasks.sweep.run = lambda: None  # type: ignore[method-assign]
    if protection == "lock":
        QuerySet.select_for_update = lambda self, **_: self  # type: ignore[method-assign]
    if protection == "lease":
        BoardReportQuerySet.free = lambda self, at: self.exclude(  # type: ignore[method-assign,misc]
            state=ReportState.READY
        )
