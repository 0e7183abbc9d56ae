"""Settings of a developer's machine: production's with embedded servers, a generated key and the demonstration."""

import os

from devserver import urls
from devserver.places import here
from safety_monitor import environment
from safety_monitor.kept_secrets import kept_secret

environment.complete_with(urls.embedded())
if not os.environ.get("DJANGO_SECRET_KEY"):
    environment.complete_with({"DJANGO_SECRET_KEY": kept_secret(here().var / "secret_key")})

from safety_monitor.settings import *  # noqa: E402, F403  (after the addresses)
from safety_monitor.settings import INSTALLED_APPS as _INSTALLED_IN_PRODUCTION  # noqa: E402

INSTALLED_APPS = [*_INSTALLED_IN_PRODUCTION, "demonstration"]
PREPARES_EMPTY_DATABASE = "postgres" in urls.needed()
