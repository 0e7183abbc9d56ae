"""Private methods of libraries that one file each uses: a new version that changes them fails here and not in use."""

import inspect

import pytest
from django.test.testcases import TransactionTestCase
from drf_spectacular.openapi import AutoSchema


@pytest.mark.parametrize(
    ("owner", "name", "parameters"),
    [
        (AutoSchema, "_map_serializer_field", ["field", "direction", "bypass_extensions"]),
        (AutoSchema, "_get_response_bodies", ["direction"]),
        (
            AutoSchema,
            "_get_response_for_code",
            ["serializer", "status_code", "media_types", "direction"],
        ),
        # tests/plugins/databases.py gives each test a fresh clone instead of emptying every table.
        (TransactionTestCase, "_fixture_teardown", []),
    ],
)
def test_private_method_takes_what_it_took(owner: type, name: str, parameters: list[str]) -> None:
    """But for the instance: what stands in for a method during a test calls it otherwise."""
    assert list(inspect.signature(getattr(owner, name)).parameters)[1:] == parameters
