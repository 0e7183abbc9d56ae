"""The memory of a process: data of one state must not be available in the next.

A function that caches its first result returns it in every state, and so the states would look alike. Before each state
the caches of the program and of Django are emptied, and its modules' dictionaries, lists and sets are reset. The acts
of unblinded people in a state fill them again (`acts.py`), as in production.
"""

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches

from tests.house.architecture import FLOORS
from trials.models import ProtocolVersion, design

PURE = (".rules", ".rendering", ".migrations")
"""Modules without a database (tests/house/test_ladder.py), whose caches depend on their arguments only.

Computing their results again costs seconds.
"""
Held = dict[Any, Any] | list[Any] | set[Any]
_in_the_beginning: dict[int, tuple[Held, Held]] = {}


def forget() -> None:
    """Empty the caches of the process, and load what is the same in every state: content types and protocols."""
    for cache in caches.all(initialized_only=True):
        cache.clear()
    for thing in _things():
        if callable(getattr(thing, "cache_clear", None)):
            thing.cache_clear()
        elif isinstance(thing, dict | list | set):
            _restore(thing)
    _know_what_is_always_known()


def _know_what_is_always_known() -> None:
    """The same in every state.

    Of a second one the process would not ask for them again, whatever was asked there.
    """
    ContentType.objects.clear_cache()
    ContentType.objects.get_for_models(*apps.get_models())
    design._read_protocols.clear()
    for version in ProtocolVersion.objects.order_by("pk"):
        version.protocol()


def _restore(held: Held) -> None:
    """A dictionary, list or set as it was when it was first seen."""
    before = _in_the_beginning.setdefault(id(held), (held, held.copy()))[1]
    if held == before:
        return
    held.clear()
    if isinstance(held, list):
        held.extend(before)
    else:
        held.update(before)


def _things() -> Iterator[Any]:
    """Every object in a module of ours, or in a class of one."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in FLOORS and not any(part in f"{name}." for part in PURE):
            yield from _of_module(module)


def _of_module(module: ModuleType) -> Iterator[Any]:
    for name, thing in list(vars(module).items()):
        if name.startswith("__"):
            continue
        yield thing
        if isinstance(thing, type) and thing.__module__ == module.__name__:
            yield from (
                getattr(value, "__func__", value)
                for key, value in list(vars(thing).items())
                if not key.startswith("__")
            )
