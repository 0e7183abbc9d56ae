"""A client with one role's token, and what is sent with it, for tests of the API."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client

from accounts.models import Membership, User
from tests.factories import (
    make_token,
)

NOW = datetime.now(tz=UTC)


class Api:
    """A client with one role's token."""

    def __init__(self, user: User) -> None:
        membership = Membership.objects.get(user=user)
        secret = make_token(membership, at=NOW)
        self.client = Client(headers={"Authorization": f"Bearer {secret}"})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query)

    def post(self, path: str, body: dict[str, Any], key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return self.client.patch(f"/api/v1/{path}", body, content_type="application/json")


def screening(**values: Any) -> dict[str, Any]:
    return {"trial": "STROMA-COV-2", "site": "07", "code": "07-001", "age_years": 60, **values}


def fields_of(response: Any) -> list[str]:
    return [error["field"] for error in response.json()["errors"]]
