"""What an import and an export ask of the trial: the events of earlier imports, and every event with its course."""

from collections import defaultdict
from collections.abc import Mapping

from events.models import AdverseEvent, EventObservation
from events.rules.course import Observation
from events.rules.ctcae import fold
from interchange.rules.standing_keys import RecordedEvent
from trials.choices import Source


def recorded_events(*, trial_id: int) -> list[RecordedEvent]:
    """The events of earlier imports with their keys (one query)."""
    rows = AdverseEvent.objects.filter(trial=trial_id, source=Source.IMPORT).exclude(source_key="")
    columns = (
        "participant__code",
        "source_key",
        "ctcae_term__term",
        "dictionary_term",
        "reported_term",
        "onset",
    )
    return [
        RecordedEvent(code, key, fold(term or own or words), onset)
        for code, key, term, own, words, onset in rows.values_list(*columns)
    ]


def events_to_export(*, trial_id: int) -> list[AdverseEvent]:
    """The recorded, standing events, by participant and number (one query)."""
    rows = AdverseEvent.objects.recorded().filter(trial=trial_id).with_relations()
    return list(rows.order_by("participant__code", "number"))


def event_courses(*, trial_id: int) -> Mapping[int, list[Observation]]:
    """The standing rows of every course of the trial, by the event's id (one query)."""
    rows = EventObservation.objects.standing().filter(trial=trial_id)
    found: dict[int, list[Observation]] = defaultdict(list)
    for row in rows.select_related("event__participant__site", "event__participant__trial").order_by(
        "number"
    ):
        found[row.event_id].append(row.as_observation())
    return found
