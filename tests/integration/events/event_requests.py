"""Requests about adverse events over HTTP, for tests."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client

from accounts.models import Membership, User
from tests.factories import make_token
from tests.integration.events.event_rows import (
    NOT_SERIOUS,
)

LIST = "/api/v1/adverse-events/"


NOW = datetime.now(tz=UTC)


PLAIN = {
    "reported_term": "low blood pressure",
    "ctcae_term": "10021097",
    "onset": "2020-04-07T13:40",
    "ended": "2020-04-08",
    "grade": 2,
    "severity": "MODERATE",
    "causality": "OTHER_DISEASE",
    "outcome": "RECOVERED/RESOLVED",
    "distinct_because": "recorded for a test",
    **NOT_SERIOUS,
}


def client_of(user: User) -> Client:
    """A client with a bearer token of the account's first membership."""
    secret = make_token(Membership.objects.filter(user=user)[0], at=NOW)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def post(client: Client, path: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(path, body, content_type="application/json", headers=headers)


def listed(client: Client, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(LIST, query)
    assert answer.status_code == 200, answer.content
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def errors(answer: Any) -> dict[str, str]:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return {item["field"]: item["message"] for item in answer.json()["errors"]}
