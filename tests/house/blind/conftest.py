"""The fixture trial in both states, once per test process."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.house.blind.states import States, build_both


@pytest.fixture(scope="session")
def states(clone_database: Callable[[str], str], django_db_blocker: Any) -> States:
    return build_both(clone_database, django_db_blocker)
