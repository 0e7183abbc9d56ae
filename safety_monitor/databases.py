"""Django's DATABASES from addresses.

Two database roles from the first commit. `owner` owns the tables and migrates; `default` is the application's
role, owns nothing and cannot pass row-level security.

| given                                   | default (application)                      | owner                |
|-----------------------------------------|--------------------------------------------|----------------------|
| DATABASE_URL alone                      | <database>_app, password kept under var/   | DATABASE_URL         |
| DATABASE_URL and DATABASE_OWNER_URL     | DATABASE_URL                               | DATABASE_OWNER_URL   |
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from safety_monitor.environment import EnvironmentRefused
from safety_monitor.kept_secrets import kept_secret

SECONDS_TO_CONNECT = 10


def databases_of(variables: Mapping[str, str], *, var: Path) -> dict[str, dict[str, Any]]:
    """The aliases `default` (application's role) and `owner` (the role that migrates).

    Raises EnvironmentRefused, one sentence, for an address that is no PostgreSQL address.
    """
    given, owner_url = parse("DATABASE_URL", variables["DATABASE_URL"]), variables.get("DATABASE_OWNER_URL")
    if owner_url:
        return {"default": given, "owner": parse("DATABASE_OWNER_URL", owner_url)}
    return {"default": _application_beside(given, var), "owner": given}


def pooled(entries: dict[str, dict[str, Any]], *, size: int) -> dict[str, dict[str, Any]]:
    """The same databases, with a pool for the application's of at most `size` connections per process."""
    options = {**entries["default"]["OPTIONS"], "pool": {"min_size": 1, "max_size": size, "timeout": 10}}
    return {**entries, "default": {**entries["default"], "OPTIONS": options}}


def application_role_is_ours(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether we create the application's role: only DATABASE_URL was given."""
    return bool(environ.get("DATABASE_URL")) and not environ.get("DATABASE_OWNER_URL")


def parse(variable: str, url: str) -> dict[str, Any]:
    """One entry of DATABASES from `postgresql://user:password@host:port/name?option=value`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise EnvironmentRefused(f"{variable} is no address: {error}.") from error
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in ("postgres", "postgresql") or not name:
        raise EnvironmentRefused(f"{variable} must look like postgresql://user:password@host:5432/database.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(port or options.pop("port", "")),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"connect_timeout": SECONDS_TO_CONNECT, **options},
    }


def _application_beside(owner: dict[str, Any], var: Path) -> dict[str, Any]:
    server = f"{owner['HOST']}:{owner['PORT']}/{owner['NAME']}"
    digest = hashlib.sha256(server.encode()).hexdigest()[:12]
    return {**owner, "USER": f"{owner['NAME']}_app", "PASSWORD": kept_secret(var / f"app-role-{digest}")}
