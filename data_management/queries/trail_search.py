"""The search in the trail besides who and why: all entries of a participant, and events by their terms.

Open tables only. Nothing is deleted, so the present rows lead to all entries of a participant; an event's former terms
are found in the entries themselves.
"""

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.db.models import Q

from audit.models import FollowedModel
from events.models import AdverseEvent, CtcaeTerm
from trials.models import Participant

TERMS = ("reported_term", "specify", "dictionary_term")
SIDES = ("old", "new")


def about(words: str, *, trial_ids: Collection[int]) -> Q:
    """The entries of the trials about a participant whose code contains the words, or about an event of that name."""
    return _of_participants(words, trial_ids) | _of_events(words)


def _of_participants(words: str, trial_ids: Collection[int]) -> Q:
    people = list(
        Participant.objects.filter(trial_id__in=trial_ids, code__icontains=words).values_list("pk", flat=True)
    )
    found = Q(table_name=Participant._meta.db_table, row_id__in=people)
    for model, path in _leading_to_a_participant() if people else ():
        rows = model._default_manager.filter(**{f"{path}__in": people}).values_list("pk", flat=True)
        found |= Q(table_name=model._meta.db_table, row_id__in=list(rows))
    return found


def _leading_to_a_participant() -> list[tuple[Any, str]]:
    """Each open table with its path to the participant: its own column, or that of the record it is a part of."""
    found = []
    for model in apps.get_models():
        if not issubclass(model, FollowedModel) or model.trail_sealed:
            continue
        if _has_participant(model):
            found.append((model, "participant"))
        elif model.trail_part_of and _has_participant(
            model._meta.get_field(model.trail_part_of).related_model
        ):
            found.append((model, f"{model.trail_part_of}__participant"))
    return found


def _has_participant(model: Any) -> bool:
    return any(
        field.name == "participant" and field.related_model is Participant
        for field in model._meta.concrete_fields
    )


def _of_events(words: str) -> Q:
    coded = list(CtcaeTerm.objects.filter(term__icontains=words).values_list("pk", flat=True))
    terms = Q()
    for side in SIDES:
        terms |= Q(**{f"{side}__ctcae_term_id__in": coded})
        for column in TERMS:
            terms |= Q(**{f"{side}__{column}__icontains": words})
    return Q(table_name=AdverseEvent._meta.db_table) & terms
