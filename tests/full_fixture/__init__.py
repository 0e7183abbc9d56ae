"""A trial with one row of every kind, and one account per role, for tests over all addresses."""

from tests.full_fixture.base import ACTIVE, CONTROL, PROTOCOL, Everything
from tests.full_fixture.everything import make_everything

__all__ = ["ACTIVE", "CONTROL", "PROTOCOL", "Everything", "make_everything"]
