"""What the sweep does: the same work as the messages, found from the rows alone."""

from datetime import datetime

from pharmacovigilance.queries.due import events_to_take_in
from pharmacovigilance.services.opening import take_in_event


def take_in_what_is_new(*, at: datetime, trial_id: int | None = None) -> int:
    """Take in every event that is new to its case; how many were looked at. One transaction for each."""
    rows = events_to_take_in(at=at)
    if trial_id is not None:
        rows = rows.filter(trial=trial_id)
    ids = list(rows.values_list("pk", flat=True))
    for event_id in ids:
        take_in_event(event_id=event_id, at=at)
    return len(ids)
