"""What the tests of `events` have too."""

from tests.integration.events.conftest import news, ward

__all__ = ["news", "ward"]
