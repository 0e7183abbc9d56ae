"""The queue as a reader of the broker sees it: message, task name, route, options, time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from celery.signals import before_task_publish

from safety_monitor.celery import app

MANY = 300
"""Tasks that call tasks end; more than this is a circle."""
DRAWN = ("id", "root_id", "correlation_id", "origin", "reply_to", "timestamp", "parent_id")
"""Values that Celery draws for every message, or takes from the process."""


@dataclass(frozen=True)
class Queued:
    """One message: its task with arguments, and all other fields of the envelope."""

    name: str
    arguments: tuple[Any, ...]
    named: dict[str, Any]
    envelope: str

    def __str__(self) -> str:
        return f"{self.name}{self.arguments} {self.named} {self.envelope}"


@contextmanager
def queued() -> Iterator[list[Queued]]:
    """The messages that are queued during the block, in order."""
    found: list[Queued] = []

    def note(
        sender: str, body: Any, routing_key: Any, exchange: Any, headers: Any, properties: Any, **_: Any
    ) -> None:
        arguments, named, further = body
        envelope = {**headers, **properties, "exchange": exchange, "routing_key": routing_key, **further}
        told = {name: value for name, value in sorted(envelope.items()) if value and name not in DRAWN}
        found.append(Queued(sender, tuple(arguments), dict(named), repr(told)))

    before_task_publish.connect(note, weak=False)
    try:
        yield found
    finally:
        before_task_publish.disconnect(note)


def run_queued(tasks: list[Queued]) -> None:
    """Run what was queued as a worker would, and what that calls for, until nothing is left.

    The same task once.
    """
    done: set[str] = set()
    for place in range(MANY):
        if place == len(tasks):
            return
        task = tasks[place]
        if str(task) not in done and task.name in app.tasks:
            app.tasks[task.name].apply(task.arguments, task.named, task_id="t")
        done.add(str(task))
    raise RuntimeError(f"{MANY} tasks and more: {tasks[-1]}")
