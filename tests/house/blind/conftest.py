"""The fixture trial in each state: filled once per run, copied once per test process."""

from pathlib import Path
from typing import Any

import pytest

from tests.house.blind.draws import LONG, SHORT, draws
from tests.house.blind.states import States, asked_like, copy_of, prepare
from tests.plugins.databases import Cloner


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Where the run's processes leave each other what they have built."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def states(clone_database: Cloner, django_db_blocker: Any, kept: Path) -> States:
    """The allocations that the short run compares."""
    return _built(slice(SHORT), (), clone_database, django_db_blocker, kept)


@pytest.fixture
def two_states(states: States) -> States:
    """Two of them: a planted leak that shows in two shows in more."""
    return states[:2]


@pytest.fixture(scope="session")
def more_states(states: States, clone_database: Cloner, django_db_blocker: Any, kept: Path) -> States:
    """Those and the further ones of the long run."""
    return _built(slice(SHORT, LONG), states, clone_database, django_db_blocker, kept)


def _built(wanted: slice, before: States, clone: Cloner, blocker: Any, kept: Path) -> States:
    for draw in draws()[wanted]:  # processes that come at the same time fill different states
        prepare(draw, clone, blocker, kept)
    found = list(before)
    for draw in draws()[wanted]:
        state = copy_of(draw, clone, blocker, kept)
        found.append(asked_like(found[0], state) if found else state)
    return tuple(found)
