"""/healthz: 200 when database, broker and a worker answer, else 503 and which one does not."""

import pytest
from django.conf import settings
from django.test import Client

from safety_monitor.health import database_state
from tests.plugins.workers import Broker, Worker


def test_health_with_everything_running_is_200(celery_worker: Worker, client: Client) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "broker": "ok", "worker": "ok"}


def test_health_without_a_worker_is_503_and_names_it(broker: Broker, client: Client) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "broker": "ok", "worker": "none answers"}


def test_health_without_a_broker_is_503_and_names_it(broker: Broker, client: Client) -> None:
    broker.stop()

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["broker"] == "no answer"
    assert answer.json()["database"] == "ok"


@pytest.mark.django_db
def test_health_is_read_only(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


def test_database_that_does_not_answer_is_named_so() -> None:
    entry = {**settings.DATABASES["default"], "HOST": "/nowhere"}

    assert database_state(entry) == "no answer"
