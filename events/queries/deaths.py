"""Deaths without a fatal event, for the bedside's list and the data manager's."""

from django.db.models import QuerySet

from events.choices import Outcome
from events.models import AdverseEvent
from trials.models import Participant


def deaths_without_fatal_event(
    *, trial_id: int, site_codes: frozenset[str] | None = None
) -> QuerySet[Participant]:
    """Enrolled participants who died and have no recorded event with the outcome fatal, by code (one query).

    R12. Every death needs one: where the cause is not known, CTCAE has "Death NOS" and "Sudden death NOS". A draft does
    not count: it is in no report.
    """
    explained = AdverseEvent.objects.recorded().filter(trial=trial_id, outcome=Outcome.FATAL)
    dead = Participant.objects.filter(trial=trial_id, has_died=True).enrolled().at_sites(site_codes)
    return dead.exclude(pk__in=explained.values("participant")).order_by("code")
