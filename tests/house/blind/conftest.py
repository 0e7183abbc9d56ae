"""The fixture trial in both states: filled once per run, copied once per test process."""

from typing import Any

import pytest

from tests.house.blind.states import States, build_both
from tests.plugins.databases import Cloner


@pytest.fixture(scope="session")
def states(
    clone_database: Cloner, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> States:
    own = tmp_path_factory.getbasetemp()
    return build_both(clone_database, django_db_blocker, own if worker_id == "master" else own.parent)
