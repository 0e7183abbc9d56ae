"""Gunicorn: few processes, several threads each.

The application is loaded once, before the fork: that halves the start and shares memory. Nothing may be open by then
except, on a developer's machine, the lease of the embedded servers, which lasts until the last process has closed it.
Each process opens its own pool at its first query.
"""

import gc
import os

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True
timeout = 60
graceful_timeout = 8  # below the supervisor's grace period
keepalive = 5
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True

# The path without its query, because a search text may contain data that no log may have.
accesslog = "-"
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"


def when_ready(_server: object) -> None:
    """Keep what is loaded before the fork.

    The garbage collector of no process looks through it again, which took a sixth of the time of a page, and its memory
    stays shared.
    """
    gc.collect()
    gc.freeze()


def post_fork(_server: object, _worker: object) -> None:
    """Refuse to share a database connection that was opened while loading."""
    from django.db import connections  # noqa: PLC0415

    for connection in connections.all(initialized_only=True):
        if connection.connection is not None:
            raise RuntimeError(f"The connection {connection.alias} was opened before the fork.")
