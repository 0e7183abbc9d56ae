"""The sweep: the same work as the messages, found from the rows."""

import logging
from datetime import datetime

from pharmacovigilance.queries.due import events_to_take_in
from pharmacovigilance.services.opening import take_in_event

logger = logging.getLogger(__name__)


def take_in_what_is_new(*, at: datetime, trial_id: int | None = None) -> int:
    """Take in every event with a change for its case; returns how many were checked.

    One transaction for each.

    A failure does not stop the others; the first error is raised after all.
    """
    rows = events_to_take_in(at=at)
    if trial_id is not None:
        rows = rows.filter(trial=trial_id)
    ids = list(rows.values_list("pk", flat=True))
    failed: list[Exception] = []
    for event_id in ids:
        try:
            take_in_event(event_id=event_id, at=at)
        except Exception as error:
            logger.exception("event %s was not taken in", event_id)
            failed.append(error)
    if failed:
        raise failed[0]
    return len(ids)
