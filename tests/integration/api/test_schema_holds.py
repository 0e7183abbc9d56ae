"""The HTTP API matches its OpenAPI schema for every role and request: no 5xx, no undocumented status.

Requests are generated from the schema itself, so that a new resource is tested from the start. The seed is fixed: the
same schema gives the same requests. Half of the addresses refer to existing rows.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from django.utils import timezone, translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.choices import Role
from tests.addresses import RESOURCE_MODELS
from tests.factories import make_token
from tests.full_fixture import Everything, make_everything
from tests.plugins.shared_rows import shared_rows

ANONYMOUS = "anonymous"
ROLES = [*Role, ANONYMOUS]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
Operation = Any
THIRD = 3


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests share the test's transaction: no request closes its connection, as in Django's test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def operations(django_db_setup: None, django_db_blocker: Any) -> list[Operation]:
    """Every operation of the schema, as JSON: YAML takes seconds to read."""
    with django_db_blocker.unblock():
        schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", get_wsgi_application())
    return [found.ok() for found in schema.get_all_operations()]


@cache
def cases_of(operation: Operation) -> st.SearchStrategy[Any]:
    """The requests that an operation may be asked.

    Making them takes longer than asking, and they are the same for all.
    """
    return operation.as_strategy()


def headers_of(everything: Everything, role: str) -> dict[str, str]:
    if role == ANONYMOUS:
        return {}
    membership = everything.users[role].memberships.get()
    return {"Authorization": f"Bearer {make_token(membership, at=timezone.now())}"}


def real_ids(operation: Operation, everything: Everything) -> dict[str, Any]:
    """Where the path has an id: that of an existing row."""
    prefix = operation.path.split("/")[3]
    names = {parameter.name for parameter in operation.path_parameters}
    return {"id": everything.rows[RESOURCE_MODELS[prefix]]} if "id" in names else {}


@dataclass(frozen=True)
class Asker:
    """An account with a role, and the existing rows; sends requests with a seed of the role's own."""

    everything: Everything
    headers: dict[str, str]
    number: int


@shared_rows
def everything() -> Everything:
    return make_everything()


@contextmanager
def asker_of(role: str, everything: Everything) -> Iterator[Asker]:
    """Writes are rolled back."""
    with transaction.atomic():
        yield _asker(role, everything)
        transaction.set_rollback(True)


def _asker(role: str, everything: Everything) -> Asker:
    return Asker(everything, headers_of(everything, role), ROLES.index(role))


def ask(operation: Operation, asker: Asker, *, examples: int) -> list[int]:
    """Send generated requests and compare each response with the schema; returns the statuses."""
    statuses: list[int] = []

    @seed(asker.number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases_of(operation), is_real=st.booleans())
    def send(case: Any, is_real: bool) -> None:
        if is_real and case.path_parameters:
            case.path_parameters.update(real_ids(operation, asker.everything))
        response = case.call(headers=asker.headers)
        case.validate_response(response, checks=CHECKS)
        statuses.append(response.status_code)

    send()
    return statuses


@pytest.mark.parametrize("role", ROLES)
def test_operations_answer_as_the_schema_says(
    role: str, operations: list[Operation], everything: Everything
) -> None:
    """Each role a third of the operations, each operation by four roles or more.

    The long test asks all of all.
    """
    with asker_of(role, everything) as asker:
        own = operations[asker.number % THIRD :: THIRD]
        statuses = {operation.label: ask(operation, asker, examples=2) for operation in own}

    assert len(statuses) == len(own) > 15
    assert all(statuses.values())


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_every_operation_answers_many_requests_as_the_schema_says(
    role: str, operations: list[Operation], everything: Everything
) -> None:
    with asker_of(role, everything) as asker:
        statuses = {operation.label: ask(operation, asker, examples=60) for operation in operations}

    assert all(len(found) > 1 for found in statuses.values())


def test_description_that_is_remembered_is_in_the_language_of_who_reads_it(client: Client) -> None:
    """Also after a reader in the other language."""
    english = client.get("/api/v1/schema/?lang=en").content
    french = client.get("/api/v1/schema/?format=json&lang=fr").json()

    with translation.override("fr"):
        made = SchemaGenerator().get_schema(public=True)
    assert french == json.loads(json.dumps(made, default=str))
    assert client.get("/api/v1/schema/?lang=fr").content == OpenApiYamlRenderer().render(made)
    assert client.get("/api/v1/schema/?lang=en").content == english != OpenApiYamlRenderer().render(made)


def test_schema_is_made_without_a_warning(tmp_path: Path) -> None:
    target = tmp_path / "schema.yaml"

    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(target))

    assert "ProblemRequest" not in target.read_text()
    assert "application/problem+json" in target.read_text()
