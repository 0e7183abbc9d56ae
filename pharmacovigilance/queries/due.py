"""Due obligations, and events without a case or with a newer version than their case has."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from events.models import AdverseEvent
from pharmacovigilance.choices import StepKind
from pharmacovigilance.models import CaseEvent, Obligation, ObligationStep
from trials.choices import Source

LOOKED_BACK = timedelta(days=30)
"""How far back the sweep looks for events without a case (own choice: longer than any lost message)."""


def unanswered(*, at: datetime, trial_id: int | None = None) -> list[Obligation]:
    """Obligations that were not sent, or rejected since, or are at the desk before their due time.

    Soonest first.
    """
    sent = ObligationStep.objects.filter(kind=StepKind.SENT).values("obligation")
    rejected = ObligationStep.objects.filter(kind=StepKind.REJECTED).values("obligation")
    rows = Obligation.objects.exclude(Q(pk__in=sent) & ~Q(pk__in=rejected))
    if trial_id is not None:
        rows = rows.filter(trial=trial_id)
    return list(rows.filter(day_0_at__lte=at).with_relations().order_by("due_at", "pk"))


def events_to_take_in(*, at: datetime) -> QuerySet[AdverseEvent]:
    """Serious events entered here without a case, and events with a newer version than their case has."""
    linked = CaseEvent.objects.standing()
    outdated = linked.exclude(seen_version=F("event__version")).values("event")
    lately = Q(changed_at__gte=at - LOOKED_BACK, source=Source.ENTRY, status="recorded", voided_at=None)
    serious = Q(serious=True) | Q(outcome="FATAL") | Q(results_in_death=True)
    without = lately & serious & ~Q(pk__in=linked.values("event"))
    return AdverseEvent.objects.filter(without | Q(pk__in=outdated)).order_by("pk")
