"""What pages call an adverse event."""

from events.models import AdverseEvent


def name_of_event(event: AdverseEvent) -> str:
    """The dictionary's term, else the words reported."""
    return event.ctcae_term.term if event.ctcae_term else event.dictionary_term or event.reported_term
