"""The name of an adverse event on pages."""

from events.models import AdverseEvent


def name_of_event(event: AdverseEvent) -> str:
    """The dictionary's term, else the reported words."""
    return event.ctcae_term.term if event.ctcae_term else event.dictionary_term or event.reported_term
