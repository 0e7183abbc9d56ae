"""Steps of an adverse event through its services, for tests."""

from typing import Any

from audit.models import Entry
from events.models import AdverseEvent
from events.services.adverse_events import (
    correct_adverse_event,
    record_adverse_event,
)
from tests.integration.events.event_rows import (
    AT,
    LATER,
    REASON,
    Ward,
    make_values,
)


def record(ward: Ward, **values: Any) -> AdverseEvent:
    return record_adverse_event(
        participant=ward.participant, values=make_values(**values), by=ward.nurse, at=AT, reason=REASON
    )


def correct(
    event: AdverseEvent, ward: Ward, seen_version: int | None = None, lowering: str = "", **values: Any
) -> AdverseEvent:
    return correct_adverse_event(
        event=event,
        values=values,
        seen_version=event.version if seen_version is None else seen_version,
        by=ward.nurse,
        at=LATER,
        reason="the ward called back",
        lowering=lowering,
    )


def trail(event: AdverseEvent) -> list[Entry]:
    return list(Entry.objects.of_row(table="events_adverseevent", row_id=event.pk).order_by("id"))
