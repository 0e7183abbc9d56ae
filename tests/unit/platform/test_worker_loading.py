"""The modules that a worker loads before it forks: all that a report needs, and only those in the settings."""

import gc
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings

from safety_monitor import celery
from safety_monitor import settings as site_settings


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_worker_loads_what_is_named_and_leaves_it_to_no_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WORKER_LOADS_FIRST", ("colorsys",))
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)

    celery._load_before_the_fork()

    assert "colorsys" in sys.modules
    assert gc.get_freeze_count() > 0


def test_site_names_modules_that_bring_all_libraries_of_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WORKER_LOADS_FIRST", site_settings.WORKER_LOADS_FIRST)

    celery._load_before_the_fork()

    assert {"fontTools.ttLib", "pandas", "scipy.stats", "typst"} <= set(sys.modules)
