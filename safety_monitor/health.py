"""Whether the site works: the database, the broker, and at least one worker, each with a short timeout."""

import logging
from collections.abc import Mapping
from typing import Any

import psycopg
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from safety_monitor.celery import app

OK = "ok"

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 when all three respond, else 503.

    The body has each state: `{"database": "ok", "broker": "no answer", …}`.
    """
    states = {"database": database_state(settings.DATABASES["default"]), **queue_states()}
    healthy = all(state == OK for state in states.values())
    return JsonResponse(states, status=200 if healthy else 503)


def database_state(entry: Mapping[str, Any]) -> str:
    """On a separate connection, so that a full pool does not look like a dead database."""
    options = {key: value for key, value in entry["OPTIONS"].items() if key != "pool"}
    options["connect_timeout"] = max(1, round(settings.HEALTH_PATIENCE_SECONDS))
    try:
        with psycopg.connect(
            dbname=entry["NAME"],
            user=entry["USER"],
            password=entry["PASSWORD"],
            host=entry["HOST"],
            port=entry["PORT"] or None,
            **options,
        ) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        logger.exception("The database does not answer.")
        return "no answer"
    return OK


def queue_states() -> dict[str, str]:
    """The states of the broker and of the workers behind it."""
    patience = settings.HEALTH_PATIENCE_SECONDS
    try:
        with app.connection_for_write(connect_timeout=patience) as connection:
            # kombu takes parts of a second; its stubs say whole ones.
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=patience)  # type: ignore[arg-type]
            replies = app.control.ping(timeout=patience, limit=1, connection=connection)
    except (OperationalError, OSError):
        logger.exception("The broker does not answer.")
        return {"broker": "no answer", "worker": "unknown without the broker"}
    return {"broker": OK, "worker": OK if replies else "none answers"}
