"""The ward of an adverse event, and the receiver of its signal."""

from collections.abc import Iterator
from typing import Any

import pytest

from events.signals import serious_event_recorded
from tests.integration.events.event_rows import Ward, make_ward
from tests.plugins.shared_rows import shared_rows


@shared_rows
def ward() -> Ward:
    return make_ward()


@pytest.fixture
def news() -> Iterator[list[int]]:
    """The ids of the events of the signal."""
    heard: list[int] = []

    def hear(event_id: int, **_: Any) -> None:
        heard.append(event_id)

    serious_event_recorded.connect(hear)
    yield heard
    serious_event_recorded.disconnect(hear)
