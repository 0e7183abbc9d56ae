"""Entries of a participant's course about unblinding: that the blind was broken, and nothing about the arm."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_may
from product.models import InadvertentUnblinding, Unblinding
from trials.models import Participant
from webkit.admin.timeline import TimelineEntry, day_of, source, when_of


@source
def unblinding_entries(participant: Participant, user: User) -> Iterator[TimelineEntry]:
    """Confirmed emergency unblindings, and inadvertent ones that are not void."""
    place = {"trial_code": participant.trial.code, "site_code": participant.site.code}
    if not user_may(user, Action.VIEW_UNBLINDINGS, **place):
        return
    for row in Unblinding.objects.confirmed().filter(participant=participant):
        url = reverse("admin:product_unblinding_change", args=[row.pk])
        word = _("Blind broken") if row.disclosed_at else _("Confirmed, arm not seen yet")
        yield _entry(participant, row.confirmed_at or row.asked_at, _("Emergency unblinding"), word, url)
    for record in InadvertentUnblinding.objects.filter(participant=participant, voided_at=None):
        url = reverse("admin:product_inadvertentunblinding_change", args=[record.pk])
        at = record.occurred_earliest_at or record.recorded_at
        yield _entry(participant, at, _("Inadvertent unblinding"), str(record.get_impact_display()), url)


def _entry(participant: Participant, at: datetime, what: str, word: str, url: str) -> TimelineEntry:
    return TimelineEntry(at, when_of(at), what, "", "overdue", word, url, day_of(participant.day0_date, at))
