"""The entry point of the web server on a developer's machine: first the embedded servers, then the same application."""

import os

from devserver.lease import ensure_services

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "devserver.settings")
ensure_services()

from safety_monitor.wsgi import application  # noqa: E402  (the servers come first)

__all__ = ["application"]
