"""What no test may do: use the network, use the database in a unit test, or leave its language active for the next."""

import gc
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.utils import translation

from safety_monitor.translations import compile_stale

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "tests" / "unit"
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "page", "broker", "celery_worker"}
LONGEST = (
    "tests/house/blind/",
    "tests/storm/",
    "tests/journeys/",
    "tests/integration/platform/",
    "tests/integration/reports/test_tasks.py",
    "tests/integration/reports/test_making.py",
)
OFTEN_ENOUGH = (20_000, 20, 20)
"""Thresholds of the garbage collector; Python's own 700 suits a process without a thousand loaded modules."""
LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
        raise RuntimeError(f"A test tried to reach {address[0]}: tests need no network.")


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(_refuse_network)
    if not hasattr(config, "workerinput"):
        compile_stale([ROOT / "locale"])


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Loaded modules are not garbage, so there is no collection until the tests are found."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Freeze what is loaded, so that the garbage collector does not check it during every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*OFTEN_ENOUGH)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """A request in French leaves French active in its thread until the next request, so reset it."""
    translation.deactivate()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _turn(item.path))
    for item in items:
        if _is_unit(item.path) and _wants_database(item):
            raise pytest.UsageError(
                f"{item.nodeid}: a unit test asks for the database; move it to tests/integration."
            )


@cache
def _turn(path: Path) -> int:
    """The longest first, so that the processes end at about the same time."""
    place_of = path.relative_to(ROOT).as_posix()
    return next((turn for turn, place in enumerate(LONGEST) if place_of.startswith(place)), len(LONGEST))


@cache
def _is_unit(path: Path) -> bool:
    return UNIT in path.parents


def _wants_database(item: pytest.Item) -> bool:
    asked = DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None
