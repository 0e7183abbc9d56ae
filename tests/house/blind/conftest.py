"""The fixture trial in each state: filled once per run, copied once per test process."""

from pathlib import Path
from typing import Any

import pytest

from tests.house.blind.states import State, States, build_both, build_relettered
from tests.plugins.databases import Cloner


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Where the run's processes leave each other what they have built."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def states(clone_database: Cloner, django_db_blocker: Any, kept: Path) -> States:
    return build_both(clone_database, django_db_blocker, kept)


@pytest.fixture(scope="session")
def relettered(states: States, clone_database: Cloner, django_db_blocker: Any, kept: Path) -> State:
    """The trial as allocated, the letters of its arms drawn the other way round."""
    return build_relettered(states.allocated, clone_database, django_db_blocker, kept)
