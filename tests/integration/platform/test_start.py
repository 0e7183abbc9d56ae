"""The cost of the start of every process of the site."""

import subprocess
import sys

from devserver.places import PROJECT

HEAVY = ("fontTools", "pandas", "scipy.stats", "typst")
LOADED = f"""
import sys, django
django.setup()
import safety_monitor.urls
print([name for name in {HEAVY!r} if name in sys.modules])
"""


def test_web_process_does_not_load_what_only_the_worker_computes_with() -> None:
    environ = {"DJANGO_SETTINGS_MODULE": "safety_monitor.settings_test", "PATH": "/usr/bin:/bin"}

    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=PROJECT, env=environ, check=False, capture_output=True, text=True
    )

    assert done.stderr == ""
    assert done.stdout.strip() == "[]"
