"""The required environment variables.

Production has no defaults for them. The settings of a developer's machine give the addresses of the embedded servers
(`complete_with`), and are otherwise the same settings.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured

REQUIRED = ("DATABASE_URL", "CELERY_BROKER_URL", "DJANGO_SECRET_KEY")

_defaults: dict[str, str] = {}


class EnvironmentRefused(ImproperlyConfigured):
    """A variable is missing or wrong: one sentence with its name and the remedy."""


def complete_with(defaults: Mapping[str, str]) -> None:
    """Set values for variables that the environment leaves empty. Call it before the settings are imported."""
    _defaults.update(defaults)


def variables(environ: Mapping[str, str] = os.environ) -> Mapping[str, str]:
    """The environment with the defaults.

    Raises EnvironmentRefused when a required variable is in neither, or the owner's address is given without the
    application's.
    """
    if environ.get("DATABASE_OWNER_URL") and not environ.get("DATABASE_URL"):
        raise EnvironmentRefused(
            "DATABASE_OWNER_URL is set without DATABASE_URL: set DATABASE_URL to the application role's address, "
            "or set DATABASE_URL alone to the owner's."
        )
    found = {**_defaults, **{name: value for name, value in environ.items() if value}}
    if missing := [name for name in REQUIRED if name not in found]:
        raise EnvironmentRefused(
            f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} not set: production takes the addresses and the key "
            "from the environment (docs/running.md); a machine for trying takes its own under `make run` or with "
            "DJANGO_SETTINGS_MODULE=devserver.settings."
        )
    return found


@contextmanager
def refused_in_one_sentence() -> Iterator[None]:
    """For the entry points of a process: end it with the sentence alone, without a traceback."""
    try:
        yield
    except EnvironmentRefused as refusal:
        sys.exit(f"{refusal}")


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
