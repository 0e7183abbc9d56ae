"""Sets of adverse events: adjectives that chain."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from events.choices import EventStatus, Grade, Outcome

if TYPE_CHECKING:
    from events.models.adverse_events import AdverseEvent  # noqa: F401 (named in a base class below)


class AdverseEventQuerySet(models.QuerySet["AdverseEvent"]):
    def standing(self) -> "AdverseEventQuerySet":
        return self.filter(voided_at=None)

    def recorded(self) -> "AdverseEventQuerySet":
        return self.standing().filter(status=EventStatus.RECORDED)

    def serious(self) -> "AdverseEventQuerySet":
        return self.filter(serious=True)

    def drafts(self) -> "AdverseEventQuerySet":
        return self.standing().filter(status=EventStatus.DRAFT)

    def fatal(self) -> "AdverseEventQuerySet":
        """Those of which anything says that the participant died of them."""
        return self.filter(Q(outcome=Outcome.FATAL) | Q(grade=Grade.DEATH) | Q(results_in_death=True))

    def unsigned(self) -> "AdverseEventQuerySet":
        return self.filter(signed_at=None)

    def at_sites(self, site_codes: frozenset[str] | None) -> "AdverseEventQuerySet":
        """Those of participants at the given sites; ``None`` is every site."""
        return self if site_codes is None else self.filter(participant__site__code__in=site_codes)

    def with_relations(self) -> "AdverseEventQuerySet":
        """With everything that a list shows, in the same query."""
        return self.select_related("trial", "participant__site", "ctcae_term", "after_infusion")

    def at_least(self, *, grade: int) -> "AdverseEventQuerySet":
        return self.filter(grade__gte=grade)
