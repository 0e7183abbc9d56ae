"""What no test may do: reach the network, reach the database from a unit test, or leave its language to the next."""

import gc
import sys
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
"""Of the garbage collector, by generation; Python's own 700 suits a process without a thousand loaded modules."""
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


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays: the garbage collector need not look through it again during every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*OFTEN_ENOUGH)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """A request in French leaves French behind in its thread, until the next request: the next test's is the site's own."""
    translation.deactivate()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)
    for item in items:
        if UNIT in item.path.parents and _wants_database(item):
            raise pytest.UsageError(
                f"{item.nodeid}: a unit test asks for the database; move it to tests/integration."
            )


def _turn(item: pytest.Item) -> int:
    """The longest first, so that no process has one left when the others have nothing more to do."""
    path = item.path.relative_to(ROOT).as_posix()
    return next((turn for turn, place in enumerate(LONGEST) if path.startswith(place)), len(LONGEST))


def _wants_database(item: pytest.Item) -> bool:
    asked = DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None
