"""QuerySets of adverse events with chainable adjectives."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from events.choices import EventStatus, Grade, Outcome
from trials.models import Infusion

if TYPE_CHECKING:
    from events.models.adverse_events import AdverseEvent  # noqa: F401 (named in a base class below)


class AdverseEventQuerySet(models.QuerySet["AdverseEvent"]):
    """Filters of adverse events."""

    def standing(self) -> "AdverseEventQuerySet":
        return self.filter(voided_at=None)

    def recorded(self) -> "AdverseEventQuerySet":
        return self.standing().filter(status=EventStatus.RECORDED)

    def serious(self) -> "AdverseEventQuerySet":
        return self.filter(serious=True)

    def drafts(self) -> "AdverseEventQuerySet":
        return self.standing().filter(status=EventStatus.DRAFT)

    def fatal(self) -> "AdverseEventQuerySet":
        """Events of which any field says that the participant died of them."""
        return self.filter(Q(outcome=Outcome.FATAL) | Q(grade=Grade.DEATH) | Q(results_in_death=True))

    def unsigned(self) -> "AdverseEventQuerySet":
        return self.filter(signed_at=None)

    def at_sites(self, site_codes: frozenset[str] | None) -> "AdverseEventQuerySet":
        """Events of participants at the given sites; ``None`` is every site."""
        return self if site_codes is None else self.filter(participant__site__code__in=site_codes)

    def with_relations(self) -> "AdverseEventQuerySet":
        """With all relations of a list, in the same query."""
        return self.select_related(
            "trial", "participant__site", "participant__trial", "ctcae_term", "after_infusion", "reopens"
        )

    def with_first_infusion(self) -> "AdverseEventQuerySet":
        """With the start of the participant's first infusion as `first_infusion_at`, in the same query."""
        given = Infusion.objects.given().filter(participant=OuterRef("participant"), started_at__isnull=False)
        first = given.order_by("started_at").values("started_at")[:1]
        return self.annotate(first_infusion_at=Subquery(first))
