"""What stands against locking a participant's data: each higher app registers what it finds still open."""

from collections.abc import Callable, Iterable

from django.utils.functional import Promise

from trials.models import Participant

Objection = Callable[[Participant], Iterable[str | Promise]]
_objections: list[Objection] = []


def lock_objection(function: Objection) -> Objection:
    """Register a function that returns, in sentences, what of a participant is still open."""
    _objections.append(function)
    return function


def objections_to_lock(participant: Participant) -> tuple[str | Promise, ...]:
    """Everything that is still open, in sentences; empty when the data can be locked."""
    return tuple(sentence for function in _objections for sentence in function(participant))
