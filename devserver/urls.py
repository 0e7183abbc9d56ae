"""Where PostgreSQL and the broker are: from the environment, else the embedded servers' Unix sockets.

Two database roles from the first commit. `owner` owns the tables and migrates; `default` is the application's
role, owns nothing and cannot pass row-level security.

| given in the environment                | default (application)                      | owner                |
|-----------------------------------------|--------------------------------------------|----------------------|
| nothing                                 | safety_app on the embedded server          | safety_owner on it   |
| DATABASE_URL alone                      | <database>_app, password kept under var/   | DATABASE_URL         |
| DATABASE_URL and DATABASE_OWNER_URL     | DATABASE_URL                               | DATABASE_OWNER_URL   |
"""

import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from devserver.places import Places, ServiceError, here, make_private

DATABASE = "safety"
OWNER_ROLE = "safety_owner"
APP_ROLE = "safety_app"
SECONDS_TO_CONNECT = 10


def databases(environ: Mapping[str, str] = os.environ) -> dict[str, dict[str, Any]]:
    """Django's DATABASES with the aliases `default` (application's role) and `owner` (the role that
    migrates).

    Raises ServiceError, one sentence, for an address that is no PostgreSQL address or for an owner's address
    without the application's.
    """
    app_url, owner_url = environ.get("DATABASE_URL", ""), environ.get("DATABASE_OWNER_URL", "")
    if owner_url and not app_url:
        raise ServiceError(
            "DATABASE_OWNER_URL is set without DATABASE_URL: set DATABASE_URL to the application role's address, "
            "or set DATABASE_URL alone to the owner's."
        )
    if owner_url:
        return {"default": parse("DATABASE_URL", app_url), "owner": parse("DATABASE_OWNER_URL", owner_url)}
    if app_url:
        owner = parse("DATABASE_URL", app_url)
        return {"default": _application_beside(owner), "owner": owner}
    places = here()
    return {"default": _embedded(places, APP_ROLE), "owner": _embedded(places, OWNER_ROLE)}


def pooled(entries: dict[str, dict[str, Any]], *, size: int) -> dict[str, dict[str, Any]]:
    """The same databases, the application's with a pool of at most `size` connections per process (web
    servers)."""
    options = {**entries["default"]["OPTIONS"], "pool": {"min_size": 1, "max_size": size, "timeout": 10}}
    return {**entries, "default": {**entries["default"], "OPTIONS": options}}


def broker_url(environ: Mapping[str, str] = os.environ) -> str:
    """Celery's broker: CELERY_BROKER_URL, else the embedded Valkey's socket."""
    return environ.get("CELERY_BROKER_URL") or f"redis+socket://{here().valkey_socket}?virtual_host=0"


def needed(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The embedded servers that must run because the environment names no other ones."""
    wanted = {"postgres": "DATABASE_URL", "valkey": "CELERY_BROKER_URL"}
    return tuple(name for name, variable in wanted.items() if not environ.get(variable))


def application_role_is_ours(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the application's role is for us to create: DATABASE_URL alone was given."""
    return bool(environ.get("DATABASE_URL")) and not environ.get("DATABASE_OWNER_URL")


def parse(variable: str, url: str) -> dict[str, Any]:
    """One entry of DATABASES from `postgresql://user:password@host:port/name?option=value`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ServiceError(f"{variable} is no address: {error}.") from error
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in ("postgres", "postgresql") or not name:
        raise ServiceError(f"{variable} must look like postgresql://user:password@host:5432/database.")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return _entry(
        name=name,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=host,
        port=str(port or options.pop("port", "")),
        options=options,
    )


def _embedded(places: Places, role: str) -> dict[str, Any]:
    return _entry(
        name=DATABASE, user=role, password="", host=str(places.postgres_sockets), port="5432", options={}
    )


def _application_beside(owner: dict[str, Any]) -> dict[str, Any]:
    password = _kept_password(here(), f"{owner['HOST']}:{owner['PORT']}/{owner['NAME']}")
    return {**owner, "USER": f"{owner['NAME']}_app", "PASSWORD": password}


def _kept_password(places: Places, server: str) -> str:
    """The random password of the application's role on this server: made once, readable by its owner only."""
    digest = hashlib.sha256(server.encode()).hexdigest()[:12]
    path = make_private(places.var) / f"app-role-{digest}"
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(32))
    return path.read_text()


def _write_once(path: Path, text: str) -> None:
    """Write a secret so that of two processes at once one wins and neither reads half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _entry(
    *, name: str, user: str, password: str, host: str, port: str, options: dict[str, Any]
) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": user,
        "PASSWORD": password,
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"connect_timeout": SECONDS_TO_CONNECT, **options},
    }
