"""The addresses of the embedded servers, for every variable that the environment leaves empty.

A server that the environment names is an external one, and none is started. `safety_monitor/databases.py` describes the
addresses of the two database roles.
"""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from devserver.places import Places, here

DATABASE = "safety"
OWNER_ROLE = "safety_owner"
APP_ROLE = "safety_app"


def embedded(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Variables for the servers that the environment does not name."""
    places, names = here(), needed(environ)
    found = {}
    if "postgres" in names:
        found["DATABASE_URL"] = _address(places, APP_ROLE)
        found["DATABASE_OWNER_URL"] = _address(places, OWNER_ROLE)
    if "valkey" in names:
        found["CELERY_BROKER_URL"] = f"redis+socket://{places.valkey_socket}?virtual_host=0"
    return found


def databases(environ: Mapping[str, str] = os.environ) -> dict[str, dict[str, Any]]:
    """Django's DATABASES of the server that the environment names, else of the embedded one."""
    from safety_monitor.databases import databases_of  # imported here, so that the keeper does not load it

    return databases_of({**environ, **embedded(environ)}, var=here().var)


def needed(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The embedded servers that must run because the environment names no others."""
    wanted = {"postgres": "DATABASE_URL", "valkey": "CELERY_BROKER_URL"}
    return tuple(name for name, variable in wanted.items() if not environ.get(variable))


def _address(places: Places, role: str) -> str:
    return f"postgresql://{role}@/{DATABASE}?{urlencode({'host': places.postgres_sockets, 'port': 5432})}"
