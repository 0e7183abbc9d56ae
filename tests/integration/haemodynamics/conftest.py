"""The fixtures of the tests of `events`."""

from tests.integration.events.conftest import news, ward

__all__ = ["news", "ward"]
