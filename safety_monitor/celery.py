"""The Celery application.

Its settings and the beat schedule are in settings.py (CELERY_…), tasks in each app's tasks.py.
"""

import gc
import os
import signal
import threading
from importlib import import_module
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_shutting_down
from django.conf import settings

from safety_monitor.environment import refused_in_one_sentence

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safety_monitor.settings")
with refused_in_one_sentence():
    import_module(os.environ["DJANGO_SETTINGS_MODULE"])

SECONDS_TO_FINISH = 25.0
"""What a running task gets after SIGTERM before it goes back to the queue.

Below the supervisor's grace of 30 s.
"""

app = Celery("safety_monitor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# For every thread of a web server, whichever used Celery first; other threads would otherwise use no broker of ours.
app.set_default()


@worker_init.connect
def _load_before_the_fork(**_: Any) -> None:
    """Load what reports need before the pool forks, so that the processes share it and no report waits for it.

    Objects loaded by then stay for good, so the garbage collector need not check them again: that saves a fifth of the
    time of a report.
    """
    for name in settings.WORKER_LOADS_FIRST:
        import_module(name)
    gc.collect()
    gc.freeze()


@worker_shutting_down.connect
def _put_back_what_takes_too_long(how: str, **_: Any) -> None:
    """Turn a warm shutdown that lasts too long into a cold one, which returns the running tasks to the queue.

    It runs inside the worker, not in the supervisor, so that it also works when the supervisor was killed.
    """
    if how == "Warm":
        timer = threading.Timer(SECONDS_TO_FINISH, os.kill, (os.getpid(), signal.SIGQUIT))
        timer.daemon = True
        timer.start()
