"""Where tasks are sent."""

import subprocess
import sys

from safety_monitor.embedded.places import PROJECT

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
        cwd=PROJECT,
        env=environ,
        capture_output=True,
        text=True,
    )

    assert done.stdout.strip() == "memory://", done.stderr
