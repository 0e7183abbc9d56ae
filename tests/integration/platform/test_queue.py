"""The broker of sent tasks."""

import subprocess
import sys
from pathlib import Path

import pytest
from celery import Celery
from kombu.exceptions import OperationalError
from kombu.utils import functional

from devserver.places import PROJECT
from safety_monitor import settings

SENDS_FROM_ANOTHER_THREAD = """
from concurrent.futures import ThreadPoolExecutor
import django
django.setup()
from celery import current_app
with ThreadPoolExecutor(max_workers=1) as thread:
    print(thread.submit(lambda: current_app.conf.broker_url).result())
"""


def test_every_thread_of_a_django_process_sends_to_the_configured_broker() -> None:
    environ = {"DJANGO_SETTINGS_MODULE": "safety_monitor.settings_test", "PATH": "/usr/bin:/bin"}

    done = subprocess.run(
        [sys.executable, "-c", SENDS_FROM_ANOTHER_THREAD],
        check=False,
        cwd=PROJECT,
        env=environ,
        capture_output=True,
        text=True,
    )

    assert done.stdout.strip() == "memory://", done.stderr


def test_nobody_waits_for_a_broker_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A nurse's request sends messages too: each fails at its first try, without the pauses of the client's library."""
    pauses: list[float] = []
    monkeypatch.setattr(functional, "sleep", pauses.append)
    away = Celery(broker=f"redis+socket://{tmp_path}/away.sock?virtual_host=0", set_as_current=False)
    away.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS

    with pytest.raises(OperationalError):
        away.send_task("anything", retry=False)

    assert pauses == []
