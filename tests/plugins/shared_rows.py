"""Rows that many tests start from, written once for all consecutive tests that use them.

A trial with its protocol, a ward, a report take longer to write than most tests take to run. A fixture marked
`@shared_rows` is called in a transaction that stays open until a test needs other rows; each test runs in a savepoint
of its own, as with `db`, and gets its own copy of the fixture's result. It sees the same rows as after a fixture of its
own, and leaves nothing for the next. A test that commits (`transaction=True`, `live_server`) gets rows of its own.
"""

import inspect
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from copy import deepcopy
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pytest

Lay = Callable[..., Any]


@dataclass(frozen=True)
class Layer:
    """The rows of one fixture, inside their transaction or savepoint."""

    name: str
    lay: Lay
    held: AbstractContextManager[None]
    result: Any


class Ground:
    """The layers in the test process's database, each on top of those before it."""

    def __init__(self) -> None:
        self._layers: list[Layer] = []

    def stand_on(self, wanted: dict[str, Lay]) -> dict[str, Any]:
        """Add missing layers, roll back surplus ones; returns copies of the fixtures' results, by name."""
        from django.db import connection

        is_lost = connection.connection is None or connection.closed_in_transaction
        self._clear_down_to(0 if is_lost else _common(self._layers, wanted))
        for name, lay in list(wanted.items())[len(self._layers) :]:
            self._add(name, lay)
        return deepcopy({layer.name: layer.result for layer in self._layers})

    def clear(self) -> None:
        """Roll everything back, before the connection is closed or another transaction begins."""
        self._clear_down_to(0)

    def _add(self, name: str, lay: Lay) -> None:
        from django.db import transaction

        held = transaction.atomic()
        held.__enter__()
        below = {layer.name: layer.result for layer in self._layers}
        try:
            result = lay(**{known: below[known] for known in inspect.signature(lay).parameters})
        except BaseException:
            transaction.set_rollback(True)
            held.__exit__(None, None, None)
            raise
        self._layers.append(Layer(name, lay, held, result))

    def _clear_down_to(self, height: int) -> None:
        from django.db import transaction

        while len(self._layers) > height:
            transaction.set_rollback(True)
            self._layers.pop().held.__exit__(None, None, None)


GROUND = Ground()
"""Of this process: there is one database per test process, and one connection to it."""


def shared_rows(lay: Lay) -> Any:
    """A fixture of rows that is called once for consecutive tests; it may use other shared rows."""

    def hand_out(**given: Any) -> Any:
        return given["laid"][lay.__name__] if given["laid"] else lay(**_asked(lay, given))

    asked = ["laid", "db", *inspect.signature(lay).parameters]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    hand_out.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in asked])  # type: ignore[attr-defined]
    hand_out.lay = lay  # type: ignore[attr-defined]
    hand_out.__doc__ = lay.__doc__
    return pytest.fixture(name=lay.__name__)(hand_out)


@pytest.fixture
def laid(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> dict[str, Any]:
    """The results of the test's shared rows; nothing for a test that commits."""
    wanted = {} if _commits(request.node) else shared_rows_of(request.node)
    with django_db_blocker.unblock():
        return GROUND.stand_on(wanted)


@pytest.fixture
def _django_db_helper(laid: dict[str, Any], _django_db_helper: None) -> None:
    """pytest-django's, in a savepoint on top of the shared rows where there are any."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of each file, the tests that start from the same rows one after the other."""
    files = groupby(items, key=lambda item: item.path)
    items[:] = [item for _path, of_file in files for item in sorted(of_file, key=_names)]


def shared_rows_of(item: pytest.Item) -> dict[str, Lay]:
    """The shared rows of a test, each after those that it builds on."""
    definitions = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
    found: dict[str, Lay] = {}

    def visit(name: str, above: str = "") -> None:
        lay = getattr(definitions[name][-1].func, "lay", None) if name in definitions else None
        if lay is None and above:
            raise pytest.UsageError(
                f"{item.nodeid}: {above} are shared rows and ask for {name}, which is none."
            )
        if lay is not None and name not in found:
            for below in inspect.signature(lay).parameters:
                visit(below, name)
            found[name] = lay

    for name in item.fixturenames if isinstance(item, pytest.Function) else ():
        visit(name)
    return found


def _names(item: pytest.Item) -> list[str]:
    return [] if _commits(item) else list(shared_rows_of(item))


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(asked) or bool(marker and marker.kwargs.get("transaction"))


def _common(layers: list[Layer], wanted: dict[str, Lay]) -> int:
    """The number of layers that are wanted."""
    pairs: Iterable[tuple[Layer, Lay]] = zip(layers, wanted.values(), strict=False)
    return next(
        (place for place, (layer, lay) in enumerate(pairs) if layer.lay is not lay),
        min(len(layers), len(wanted)),
    )


def _asked(lay: Lay, given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in inspect.signature(lay).parameters}
