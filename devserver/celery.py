"""The entry point of worker and beat on a developer's machine: first the embedded servers, then the same application."""

import os

from devserver.lease import ensure_services

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "devserver.settings")
ensure_services()

from safety_monitor.celery import app  # noqa: E402  (the servers come first)

__all__ = ["app"]
